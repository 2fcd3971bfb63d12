//! The store's form on disk: one JSON document, `store.json`.
//!
//! One document, replaced as a whole, makes every change atomic by construction: a commit moves settings from pending
//! to live, and with a file for each of them a power cut could leave both done by half. The new document is written
//! beside the old one and fsynced before the rename, so that the name never leads to missing data; the directory is
//! fsynced after it, so that an answer given to a client outlives a power cut.

use crate::TransactionName;
use migrations::{History, MigrationError, Release};
use models::tree::Tree;
use semver::Version;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Write},
    path::Path,
};

const NAME: &str = "store.json";
const STAGED: &str = "store.json.new";
const SET_ASIDE: &str = "store.json.corrupt";
const FORMAT: u32 = 1;

/// Keeps a client with many transactions from filling PRIVATE (41 MiB), which the store shares with others.
pub const MAX_STORE_BYTES: usize = 4 << 20;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Document {
    format: u32,
    history: History,
    pub live: Tree,
    pub pending: BTreeMap<TransactionName, Tree>,
}

/// How the store was found.
#[derive(Debug, PartialEq, Eq)]
pub enum Opened {
    Fresh,
    Existing,
    /// Another version of the OS had written it; the settings have this one's form from now on.
    Migrated {
        from: Version,
    },
    /// It could not be used: it now has the given file name, and the store is empty.
    SetAside {
        reason: String,
        kept_as: &'static str,
    },
}

impl Document {
    fn fresh(release: &Release) -> Self {
        Self { format: FORMAT, history: History::new(release), live: Tree::new(), pending: BTreeMap::new() }
    }

    pub fn load(dir: &Path, release: &Release) -> io::Result<(Self, Opened)> {
        fs::create_dir_all(dir)?;
        let bytes = match fs::read(dir.join(NAME)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((Self::fresh(release), Opened::Fresh)),
            Err(error) => return Err(error),
        };
        let reason = match serde_json::from_slice::<Self>(&bytes) {
            Ok(document) if document.format == FORMAT => return Ok((document, Opened::Existing)),
            Ok(document) => format!("its format is {}, this program knows {FORMAT}", document.format),
            Err(error) => error.to_string(),
        };
        fs::rename(dir.join(NAME), dir.join(SET_ASIDE))?;
        File::open(dir)?.sync_all()?;
        Ok((Self::fresh(release), Opened::SetAside { reason, kept_as: SET_ASIDE }))
    }

    pub fn version(&self) -> &Version {
        self.history.version()
    }

    /// The settings in the form of another version. Pending ones that an older version doesn't take are dropped: no
    /// transaction waits for an update.
    pub fn migrated(mut self, release: &Release) -> Result<Self, MigrationError> {
        for settings in self.pending.values_mut() {
            self.history.of_others().move_to(release, settings)?;
        }
        self.history.move_to(release, &mut self.live)?;
        Ok(self)
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
