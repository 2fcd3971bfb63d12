//! A disk with its table, and what may be done to it.

use crate::actions::Refused;
use root_disk::{BlockDisk, RootDisk};
use slot_table::{NoTable, Slot, Step, Table, plan};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// The disk that is meant, and the slot of it that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub disk: PathBuf,
    pub active: Slot,
}

#[derive(Debug)]
pub enum TargetError {
    NotFound(root_disk::Error),
    Unreadable { disk: PathBuf, cause: io::Error },
    NoTable { disk: PathBuf, cause: NoTable },
    Unwritable { disk: PathBuf, cause: io::Error },
    Refused(Refused),
}

impl Target {
    /// The disk and the slot that this machine runs from.
    pub fn discover() -> Result<Self, TargetError> {
        let disk = RootDisk::discover(Path::new("/sys"), Path::new("/dev")).map_err(TargetError::NotFound)?;
        Ok(Self { active: disk.active_slot().map_err(TargetError::NotFound)?, disk: disk.node })
    }

    pub fn table(&self) -> Result<Table, TargetError> {
        Ok(self.open(false)?.1)
    }

    /// Applies `change` to the table and writes what became different, under the disk's lock. A refusal writes nothing.
    pub fn change(&self, change: impl FnOnce(&mut Table) -> Result<(), Refused>) -> Result<(), TargetError> {
        let (mut disk, mut table) = self.open(true)?;
        change(&mut table).map_err(TargetError::Refused)?;
        self.write(&table.changes(), &mut disk)
    }

    /// Writes both copies of the table whole, changed or not.
    pub fn rewrite(&self) -> Result<(), TargetError> {
        let (mut disk, table) = self.open(true)?;
        self.write(&table.rewrite(), &mut disk)
    }

    fn open(&self, write: bool) -> Result<(BlockDisk, Table), TargetError> {
        let unreadable = |cause| TargetError::Unreadable { disk: self.disk.clone(), cause };
        let mut disk = BlockDisk::open(&self.disk, write).map_err(unreadable)?;
        let table = Table::read(&mut disk);
        let table = table.map_err(|cause| TargetError::NoTable { disk: self.disk.clone(), cause })?;
        Ok((disk, table))
    }

    fn write(&self, steps: &[Step], disk: &mut BlockDisk) -> Result<(), TargetError> {
        plan::perform(steps, disk).map_err(|cause| TargetError::Unwritable { disk: self.disk.clone(), cause })
    }
}

impl fmt::Display for TargetError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound(cause) => cause.fmt(out),
            Self::Unreadable { disk, cause } => write!(out, "cannot open {}: {cause}", disk.display()),
            Self::NoTable { disk, cause } => write!(out, "{}: {cause}", disk.display()),
            Self::Unwritable { disk, cause } => {
                write!(out, "cannot write the partition table of {}: {cause}", disk.display())
            }
            Self::Refused(refused) => refused.fmt(out),
        }
    }
}

impl std::error::Error for TargetError {}
