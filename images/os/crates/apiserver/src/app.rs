use crate::error::ApiError;
use datastore::{Store, TransactionName};
use models::{Defaults, Key, tree::Tree};
use std::{
    cell::{Ref, RefCell, RefMut},
    ffi::OsString,
    path::PathBuf,
    process::Stdio,
};
use tokio::process::Command;

/// What every handler works on. One thread serves all connections, and no borrow is held across an await.
pub struct App {
    store: RefCell<Store>,
    /// Facts about the running OS.
    pub os: Tree,
    pub defaults: Defaults,
    settings_applier: PathBuf,
    pub updates: Updates,
}

/// The program that updates the machine, and what it leaves.
pub struct Updates {
    pub program: PathBuf,
    pub status: PathBuf,
    pub lock: PathBuf,
}

impl App {
    pub fn new(store: Store, os: Tree, defaults: Defaults, settings_applier: PathBuf, updates: Updates) -> Self {
        Self { store: RefCell::new(store), os, defaults, settings_applier, updates }
    }

    pub fn store(&self) -> Ref<'_, Store> {
        self.store.borrow()
    }

    pub fn store_mut(&self) -> RefMut<'_, Store> {
        self.store.borrow_mut()
    }

    pub fn commit(&self, name: &TransactionName) -> Result<Vec<Key>, ApiError> {
        Ok(self.store_mut().commit(name)?)
    }

    /// Starts the settings applier for `keys`, or for everything, and leaves it to its work.
    pub fn start_applier(&self, keys: Option<&[Key]>) -> Result<(), ApiError> {
        let args: Vec<OsString> = match keys {
            None => vec!["--all".into()],
            Some(keys) => {
                let keys: Vec<_> = keys.iter().map(ToString::to_string).collect();
                vec!["--keys".into(), keys.join(",").into()]
            }
        };
        let spawned = Command::new(&self.settings_applier).args(args).stdin(Stdio::null()).spawn();
        // The runtime reaps a child whose handle was dropped.
        spawned.map(drop).map_err(|source| ApiError::ApplierStart { program: self.settings_applier.clone(), source })
    }
}
