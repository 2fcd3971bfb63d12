//! One command at a time. The lock goes with the process, so a killed worker never leaves it behind.

use crate::failure::{Failure, Refusal};
use std::fs::{self, File, TryLockError};
use std::path::Path;

/// Takes the lock or refuses; it lasts as long as the file that is returned.
pub fn take(path: &Path) -> Result<File, Failure> {
    let fail = |error: std::io::Error| Failure::Failed(format!("{}: {error}", path.display()));
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory).map_err(fail)?;
    }
    let file = File::create(path).map_err(fail)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Refusal::LockHeld.into()),
        Err(TryLockError::Error(error)) => Err(fail(error)),
    }
}
