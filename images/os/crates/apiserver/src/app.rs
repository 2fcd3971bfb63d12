use crate::{applier::Applier, error::ApiError, exec::Exec};
use datastore::{Store, TransactionName};
use models::{Defaults, Key, brief, tree::Tree};
use std::{
    cell::{Ref, RefCell, RefMut},
    path::PathBuf,
};

/// What every handler works on. One thread serves all connections, and no borrow is held across an await.
pub struct App {
    store: RefCell<Store>,
    /// Facts about the running OS.
    pub os: Tree,
    pub defaults: Defaults,
    pub applier: Applier,
    pub updates: Updates,
    pub livepatches: Livepatches,
    pub exec: Exec,
}

/// The program that updates the machine, and what it leaves.
pub struct Updates {
    pub program: PathBuf,
    pub status: PathBuf,
    pub lock: PathBuf,
}

/// The program that patches the kernel, and what it leaves.
pub struct Livepatches {
    pub socket: PathBuf,
    pub status: PathBuf,
}

impl App {
    pub fn new(
        store: Store,
        os: Tree,
        defaults: Defaults,
        applier: Applier,
        updates: Updates,
        livepatches: Livepatches,
        exec: Exec,
    ) -> Self {
        Self { store: RefCell::new(store), os, defaults, applier, updates, livepatches, exec }
    }

    pub fn store(&self) -> Ref<'_, Store> {
        self.store.borrow()
    }

    pub fn store_mut(&self) -> RefMut<'_, Store> {
        self.store.borrow_mut()
    }

    pub fn commit(&self, name: &TransactionName) -> Result<Vec<Key>, ApiError> {
        let changed = self.store_mut().commit(name)?;
        let idle = self.defaults.not_applied(&changed);
        if !idle.is_empty() {
            eprintln!("Stored, but this OS has nothing that applies: {}", brief(&idle));
        }
        Ok(changed)
    }
}
