//! One command at a time. The lock goes with the process, so a killed worker never leaves it behind.

use crate::failure::{Failure, Refusal};
use std::fs::{self, File, TryLockError};
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Who asks for the status holds the lock for an instant, and must not be taken for a command at work.
const PATIENCE: Duration = Duration::from_millis(200);
const PAUSE: Duration = Duration::from_millis(5);

/// Takes the lock or refuses; it lasts as long as the file that is returned.
pub fn take(path: &Path) -> Result<File, Failure> {
    let fail = |error: std::io::Error| Failure::Failed(format!("{}: {error}", path.display()));
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory).map_err(fail)?;
    }
    let file = File::create(path).map_err(fail)?;
    let start = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if start.elapsed() < PATIENCE => sleep(PAUSE),
            Err(TryLockError::WouldBlock) => return Err(Refusal::LockHeld.into()),
            Err(TryLockError::Error(error)) => return Err(fail(error)),
        }
    }
}
