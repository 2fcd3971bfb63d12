//! A TUF repository, written with tough's editor.

use crate::image::{Image, compress};
use async_trait::async_trait;
use aws_lc_rs::{rand::SystemRandom, signature::Ed25519KeyPair};
use jiff::{SignedDuration, Timestamp};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::error::Error;
use std::fs;
use std::num::NonZeroU64;
use std::path::Path;
use tough::editor::RepositoryEditor;
use tough::editor::signed::{PathExists, SignedRole};
use tough::key_source::KeySource;
use tough::schema::{KeyHolder, Role, RoleKeys, RoleType, Root, Signed, Target};
use tough::sign::Sign;

/// What one publication holds.
pub struct Publication {
    /// The version of all metadata but the root.
    pub version: u64,
    pub expires: Timestamp,
    pub manifest: Value,
    pub files: Vec<(String, Vec<u8>)>,
    /// What the metadata says of the size of a file, in place of the truth.
    pub claimed_bytes: Option<(String, u64)>,
    /// Whom each version of root trusts, from the first on. The last ones sign.
    pub trusted: Vec<Keys>,
}

/// A different number is a different key.
#[derive(Clone, Copy)]
pub struct Keys {
    pub root: u8,
    /// Signs targets, snapshot and timestamp.
    pub online: u8,
}

/// What a machine trusts to begin with.
pub const FIRST: Keys = Keys { root: 1, online: 1 };

impl Publication {
    /// An honest one, of one update.
    pub fn of(version: &str, image: &Image) -> Self {
        let name = |part| format!("{version}-{part}.lz4");
        let files = [("boot", &image.boot), ("root", &image.root), ("hash", &image.hash)];
        Self {
            version: 1,
            expires: Timestamp::now() + SignedDuration::from_hours(24),
            manifest: manifest(&[entry(version)]),
            files: files.map(|(part, contents)| (name(part), compress(contents, true))).into(),
            claimed_bytes: None,
            trusted: vec![FIRST],
        }
    }
}

pub fn entry(version: &str) -> Value {
    json!({
        "variant": "metal-test", "arch": std::env::consts::ARCH, "version": version, "max_version": version, "waves": {},
        "images": {"boot": format!("{version}-boot.lz4"), "root": format!("{version}-root.lz4"),
                   "hash": format!("{version}-hash.lz4")}
    })
}

pub fn manifest(updates: &[Value]) -> Value {
    json!({ "updates": updates, "migrations": {} })
}

#[derive(Debug)]
struct TestKey(u8);

impl TestKey {
    fn pair(&self) -> Ed25519KeyPair {
        Ed25519KeyPair::from_seed_unchecked(&[self.0; 32]).expect("a key")
    }
}

#[async_trait]
impl KeySource for TestKey {
    async fn as_sign(&self) -> Result<Box<dyn Sign>, Box<dyn Error + Send + Sync>> {
        Ok(Box::new(self.pair()))
    }

    async fn write(&self, _: &str, _: &str) -> Result<(), Box<dyn Error + Send + Sync>> {
        Ok(())
    }
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(work)
}

/// One version of root.
pub fn root(version: u64, trusted: Keys) -> Root {
    let key = |number| TestKey(number).pair().tuf_key();
    let id = |number| key(number).key_id().expect("an id");
    let role = |number| RoleKeys { keyids: vec![id(number)], threshold: NonZeroU64::MIN, _extra: HashMap::new() };
    let roles = [RoleType::Snapshot, RoleType::Targets, RoleType::Timestamp].map(|kind| (kind, role(trusted.online)));
    Root {
        spec_version: "1.0.0".into(),
        consistent_snapshot: true,
        version: NonZeroU64::new(version).expect("from 1 on"),
        expires: Timestamp::now() + SignedDuration::from_hours(240),
        keys: [trusted.root, trusted.online].map(|number| (id(number), key(number))).into(),
        roles: roles.into_iter().chain([(RoleType::Root, role(trusted.root))]).collect(),
        _extra: HashMap::new(),
    }
}

/// The bytes of a file that is signed by `key`, which `holder` trusts with it.
pub fn signed<T: Role + Serialize>(role: T, holder: &KeyHolder, key: u8) -> Vec<u8> {
    let keys: [Box<dyn KeySource>; 1] = [Box::new(TestKey(key))];
    block_on(SignedRole::new(role, holder, &keys, &SystemRandom::new())).expect("signed").buffer().clone()
}

pub fn signed_root(version: u64, trusted: Keys) -> Vec<u8> {
    let root = root(version, trusted);
    let holder = KeyHolder::Root(root.clone());
    signed(root, &holder, trusted.root)
}

/// Changes a published file, and signs it anew.
pub fn resign<T: Role + Serialize + DeserializeOwned>(path: &Path, trusted: Keys, change: impl FnOnce(&mut T)) {
    let mut file: Signed<T> = serde_json::from_slice(&fs::read(path).expect("read")).expect("metadata");
    change(&mut file.signed);
    fs::write(path, signed(file.signed, &KeyHolder::Root(root(1, trusted)), trusted.online)).expect("written");
}

/// Writes `metadata` and `targets` below `directory`, over what is there.
pub fn publish(directory: &Path, publication: &Publication) {
    let sources = tempfile::tempdir().expect("a directory");
    let (metadata, targets) = (directory.join("metadata"), directory.join("targets"));
    fs::create_dir_all(&metadata).expect("made");
    fs::create_dir_all(&targets).expect("made");
    for (version, trusted) in (1..).zip(&publication.trusted) {
        fs::write(metadata.join(format!("{version}.root.json")), signed_root(version, *trusted)).expect("written");
    }
    let root_path = metadata.join(format!("{}.root.json", publication.trusted.len()));
    let files = sources.path().join("files");
    fs::create_dir(&files).expect("made");
    fs::write(files.join("manifest.json"), publication.manifest.to_string()).expect("written");
    for (name, contents) in &publication.files {
        fs::write(files.join(name), contents).expect("written");
    }
    let (version, expires) = (NonZeroU64::new(publication.version).expect("from 1 on"), publication.expires);
    let trusted = publication.trusted.last().expect("a root");
    let keys: [Box<dyn KeySource>; 1] = [Box::new(TestKey(trusted.online))];
    block_on(async {
        let mut editor = RepositoryEditor::new(&root_path).await.expect("a root");
        editor.targets_version(version).expect("set").targets_expires(expires).expect("set");
        editor
            .snapshot_version(version)
            .snapshot_expires(expires)
            .timestamp_version(version)
            .timestamp_expires(expires);
        let paths = fs::read_dir(&files).expect("listed").map(|entry| entry.expect("an entry").path()).collect();
        editor.add_target_paths(paths).await.expect("added");
        if let Some((name, bytes)) = &publication.claimed_bytes {
            let mut target = Target::from_path(files.join(name)).await.expect("a file");
            target.length = *bytes;
            editor.add_target(name.as_str(), target).expect("added");
        }
        let signed = editor.sign(&keys).await.expect("signed");
        signed.copy_targets(&files, &targets, PathExists::Replace).await.expect("copied");
        signed.write(&metadata).await.expect("written");
    });
}
