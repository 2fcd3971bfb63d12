use crate::{
    TransactionName,
    file::{self, Document, MAX_STORE_BYTES, Opened},
};
use migrations::{MigrationError, Release};
use models::{
    Key,
    tree::{self, Tree},
};
use serde_json::Value;
use std::{
    fmt, io,
    path::{Path, PathBuf},
};

/// All settings, in memory and on disk alike: a change is on disk, durably, before the call that makes it returns.
pub struct Store {
    dir: PathBuf,
    document: Document,
}

#[derive(Debug)]
pub enum StoreError {
    NothingPending,
    Full { bytes: usize },
    Encode(serde_json::Error),
    Write { dir: PathBuf, source: io::Error },
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NothingPending => f.write_str("Tried to commit with no pending changes"),
            Self::Full { bytes } => write!(
                f,
                "The settings store would grow to {bytes} bytes, at most {MAX_STORE_BYTES} are allowed; delete pending transactions"
            ),
            Self::Encode(source) => write!(f, "Unable to serialize the settings store: {source}"),
            Self::Write { dir, source } => {
                write!(f, "Unable to write the settings store in {}: {source}", dir.display())
            }
        }
    }
}

impl std::error::Error for StoreError {}

#[derive(Debug)]
pub enum OpenError {
    Read { dir: PathBuf, source: io::Error },
    Migration(MigrationError),
    Migrated(StoreError),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read { dir, source } => write!(f, "Unable to open the settings store in {}: {source}", dir.display()),
            Self::Migration(source) => source.fmt(f),
            Self::Migrated(source) => source.fmt(f),
        }
    }
}

impl std::error::Error for OpenError {}

fn root() -> Key {
    Key::from_iter(["settings"])
}

fn keys(settings: &Tree) -> Vec<Key> {
    tree::leaves(&root(), settings).into_keys().collect()
}

impl Store {
    /// Opens the store in `dir`, which is made if need be, and brings it to the form of `release`. A store that cannot be
    /// parsed is set aside, not lost.
    ///
    /// # Errors
    /// When the directory cannot be made, read or written, or the settings do not fit `release`; then nothing has changed.
    pub fn open(dir: &Path, release: &Release) -> Result<(Self, Opened), OpenError> {
        let (document, opened) =
            Document::load(dir, release).map_err(|source| OpenError::Read { dir: dir.to_owned(), source })?;
        let from = document.version().clone();
        let mut store = Self { dir: dir.to_owned(), document };
        if from == release.version {
            return Ok((store, opened));
        }
        let (migrated, unknown) = store.document.clone().migrated(release).map_err(OpenError::Migration)?;
        store.write(migrated).map_err(OpenError::Migrated)?;
        Ok((store, Opened::Migrated { from, unknown }))
    }

    /// The `reason` and the name (`kept_as`) of a damaged store that this one replaced, now or earlier.
    #[must_use]
    pub fn damaged(&self) -> Option<&Value> {
        self.document.damaged.as_ref()
    }

    #[must_use]
    pub fn live(&self) -> &Tree {
        &self.document.live
    }

    /// The settings that wait in a transaction; none if there is no such transaction.
    #[must_use]
    pub fn pending(&self, name: &TransactionName) -> Tree {
        self.document.pending.get(name).cloned().unwrap_or_default()
    }

    pub fn transactions(&self) -> impl Iterator<Item = &TransactionName> {
        self.document.pending.keys()
    }

    /// Lays `settings` onto a transaction, which begins with the first setting it gets.
    ///
    /// # Errors
    /// When the store would grow too large or cannot be written; then nothing has changed.
    pub fn patch(&mut self, name: &TransactionName, settings: Tree) -> Result<(), StoreError> {
        if keys(&settings).is_empty() {
            return Ok(());
        }
        let mut next = self.document.clone();
        tree::merge(next.pending.entry(name.clone()).or_default(), settings);
        self.write(next)
    }

    /// Forgets a transaction. Returns the keys it held.
    ///
    /// # Errors
    /// When the store cannot be written; then nothing has changed.
    pub fn delete(&mut self, name: &TransactionName) -> Result<Vec<Key>, StoreError> {
        let mut next = self.document.clone();
        let Some(dropped) = next.pending.remove(name) else { return Ok(Vec::new()) };
        self.write(next)?;
        Ok(keys(&dropped))
    }

    /// Makes a transaction live. Returns its keys.
    ///
    /// # Errors
    /// [`StoreError::NothingPending`], or when the store cannot be written; then nothing has changed.
    pub fn commit(&mut self, name: &TransactionName) -> Result<Vec<Key>, StoreError> {
        let mut next = self.document.clone();
        let committed = next.pending.remove(name).ok_or(StoreError::NothingPending)?;
        let changed = keys(&committed);
        tree::merge(&mut next.live, committed);
        self.write(next)?;
        Ok(changed)
    }

    fn write(&mut self, next: Document) -> Result<(), StoreError> {
        let bytes = next.encode().map_err(StoreError::Encode)?;
        if bytes.len() > MAX_STORE_BYTES {
            return Err(StoreError::Full { bytes: bytes.len() });
        }
        file::replace(&self.dir, &bytes).map_err(|source| StoreError::Write { dir: self.dir.clone(), source })?;
        self.document = next;
        Ok(())
    }
}
