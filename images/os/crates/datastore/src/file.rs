//! The store's form on disk: one JSON document, `store.json`.
//!
//! One document, replaced as a whole, makes every change atomic by construction: a commit moves settings from pending
//! to live, and with a file for each of them a power cut could leave both done by half. The new document is written
//! beside the old one and fsynced before the rename, so that the name never leads to missing data; the directory is
//! fsynced after it, so that an answer given to a client outlives a power cut.
//!
//! After a way back, what a newer version wrote is read by an older one. So the parts that are here keep their place and
//! their form from version to version; a part that is not known is kept as it is.

use crate::{TransactionName, damaged};
use migrations::{History, MigrationError, Release};
use models::tree::Tree;
use semver::Version;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Write},
    path::Path,
};

pub(crate) const NAME: &str = "store.json";
const STAGED: &str = "store.json.new";
/// Tells a later version who wrote last.
const FORMAT: u32 = 1;

/// Keeps a client with many transactions from filling PRIVATE (41 MiB), which the store shares with others.
pub const MAX_STORE_BYTES: usize = 4 << 20;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Document {
    format: u32,
    history: History,
    pub live: Tree,
    #[serde(default, deserialize_with = "readable")]
    pub pending: BTreeMap<TransactionName, Tree>,
    /// Why this store began anew, and under which name its damaged predecessor is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub damaged: Option<Value>,
    #[serde(flatten)]
    other: Tree,
}

/// Transactions that this version can't read are dropped: none waits for an update.
fn readable<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<TransactionName, Tree>, D::Error> {
    let Value::Object(found) = Value::deserialize(deserializer)? else { return Ok(BTreeMap::new()) };
    let transactions = found.into_iter().filter_map(|(name, settings)| match (name.parse(), settings) {
        (Ok(name), Value::Object(settings)) => Some((name, settings)),
        _ => None,
    });
    Ok(transactions.collect())
}

/// How the store was found.
#[derive(Debug, PartialEq, Eq)]
pub enum Opened {
    Fresh,
    Existing,
    /// Another version of the OS had written it; the settings have this one's form from now on.
    Migrated {
        from: Version,
        /// Changes that only a newer version knows, so that they could not be taken back.
        unknown: usize,
    },
    /// It could not be used: it now has the given file name, and the store is empty.
    SetAside {
        reason: String,
        kept_as: String,
    },
}

impl Document {
    fn fresh(release: &Release) -> Self {
        Self {
            format: FORMAT,
            history: History::new(release),
            live: Tree::new(),
            pending: BTreeMap::new(),
            damaged: None,
            other: Tree::new(),
        }
    }

    pub fn load(dir: &Path, release: &Release) -> io::Result<(Self, Opened)> {
        fs::create_dir_all(dir)?;
        let bytes = match fs::read(dir.join(NAME)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((Self::fresh(release), Opened::Fresh)),
            Err(error) => return Err(error),
        };
        match serde_json::from_slice::<Self>(&bytes) {
            Ok(document) => Ok((Self { format: FORMAT, ..document }, Opened::Existing)),
            Err(error) => Self::begin_anew(dir, release, error.to_string()),
        }
    }

    /// A power cut finds the damaged store under both of its names, or the new one in its place.
    fn begin_anew(dir: &Path, release: &Release, reason: String) -> io::Result<(Self, Opened)> {
        let kept_as = damaged::keep(dir, NAME)?;
        let mark = serde_json::json!({ "reason": reason, "kept_as": kept_as });
        let document = Self { damaged: Some(mark), ..Self::fresh(release) };
        replace(dir, &document.encode()?)?;
        Ok((document, Opened::SetAside { reason, kept_as }))
    }

    pub fn version(&self) -> &Version {
        self.history.version()
    }

    /// The settings in the form of another version. Pending ones that an older version doesn't take are dropped: no
    /// transaction waits for an update.
    pub fn migrated(mut self, release: &Release) -> Result<(Self, usize), MigrationError> {
        for settings in self.pending.values_mut() {
            self.history.of_others().move_to(release, settings)?;
        }
        let unknown = self.history.move_to(release, &mut self.live)?;
        Ok((self, unknown))
    }

    pub fn encode(&self) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec(self)
    }
}

pub(crate) fn replace(dir: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut staged = File::create(dir.join(STAGED))?;
    staged.write_all(bytes)?;
    staged.sync_all()?;
    fs::rename(dir.join(STAGED), dir.join(NAME))?;
    File::open(dir)?.sync_all()
}
