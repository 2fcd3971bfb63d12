//! Locks of files. One goes with the process, so a killed one never leaves it behind.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

const PAUSE: Duration = Duration::from_millis(5);

/// Takes a lock; it lasts as long as the file that is returned. Returns `None` where another has held it for all of
/// `patience`.
///
/// # Errors
/// What keeps the file from being made or locked, with its path.
pub fn take(path: &Path, patience: Duration) -> Result<Option<File>, String> {
    let fail = |error| at(path, &error);
    let file = create(path).map_err(fail)?;
    let start = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::WouldBlock) if start.elapsed() < patience => sleep(PAUSE),
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(fail(error)),
        }
    }
}

/// Waits for a lock, however long; it lasts as long as the file that is returned.
pub(crate) fn wait_for(path: &Path) -> Result<File, String> {
    let fail = |error| at(path, &error);
    let file = create(path).map_err(fail)?;
    file.lock().map_err(fail)?;
    Ok(file)
}

fn create(path: &Path) -> io::Result<File> {
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)?;
    }
    File::create(path)
}

fn at(path: &Path, error: &io::Error) -> String {
    format!("{}: {error}", path.display())
}
