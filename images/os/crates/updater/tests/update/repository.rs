//! A TUF repository, written with tough's editor.

use crate::image::{Image, compress};
use async_trait::async_trait;
use aws_lc_rs::{rand::SystemRandom, signature::Ed25519KeyPair};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::error::Error;
use std::fs;
use std::num::NonZeroU64;
use std::path::Path;
use tough::editor::RepositoryEditor;
use tough::editor::signed::{PathExists, SignedRole};
use tough::key_source::KeySource;
use tough::schema::{KeyHolder, RoleKeys, RoleType, Root};
use tough::sign::Sign;

/// What one publication holds.
pub struct Publication {
    /// The version of all metadata but the root.
    pub version: u64,
    pub expires: Timestamp,
    pub manifest: Value,
    pub files: Vec<(String, Vec<u8>)>,
    /// A different number is a different key.
    pub key: u8,
}

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
            key: 1,
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

/// The root that trusts `key` with everything, signed by it.
pub fn root(key: u8) -> Vec<u8> {
    let tuf_key = TestKey(key).pair().tuf_key();
    let id = tuf_key.key_id().expect("an id");
    let one = NonZeroU64::MIN;
    let role = || RoleKeys { keyids: vec![id.clone()], threshold: one, _extra: HashMap::new() };
    let roles = [RoleType::Root, RoleType::Snapshot, RoleType::Targets, RoleType::Timestamp];
    let root = Root {
        spec_version: "1.0.0".into(),
        consistent_snapshot: true,
        version: one,
        expires: Timestamp::now() + SignedDuration::from_hours(240),
        keys: HashMap::from([(id.clone(), tuf_key)]),
        roles: roles.map(|kind| (kind, role())).into(),
        _extra: HashMap::new(),
    };
    let keys: [Box<dyn KeySource>; 1] = [Box::new(TestKey(key))];
    let holder = KeyHolder::Root(root.clone());
    block_on(SignedRole::new(root, &holder, &keys, &SystemRandom::new())).expect("signed").buffer().clone()
}

/// Writes `metadata` and `targets` below `directory`, over what is there.
pub fn publish(directory: &Path, publication: &Publication) {
    let sources = tempfile::tempdir().expect("a directory");
    let root_path = sources.path().join("root.json");
    fs::write(&root_path, root(publication.key)).expect("written");
    let files = sources.path().join("files");
    fs::create_dir(&files).expect("made");
    fs::write(files.join("manifest.json"), publication.manifest.to_string()).expect("written");
    for (name, contents) in &publication.files {
        fs::write(files.join(name), contents).expect("written");
    }
    let targets = directory.join("targets");
    fs::create_dir_all(&targets).expect("made");
    let (version, expires) = (NonZeroU64::new(publication.version).expect("from 1 on"), publication.expires);
    let keys: [Box<dyn KeySource>; 1] = [Box::new(TestKey(publication.key))];
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
        let signed = editor.sign(&keys).await.expect("signed");
        signed.copy_targets(&files, &targets, PathExists::Replace).await.expect("copied");
        signed.write(directory.join("metadata")).await.expect("written");
    });
}
