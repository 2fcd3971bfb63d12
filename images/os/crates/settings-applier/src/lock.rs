use rustix::fs::{FlockOperation, flock};
use std::{
    fs::{self, File},
    io,
    path::Path,
    thread::sleep,
    time::{Duration, Instant},
};

/// Longer than any restart command may take (`restart::DEADLINE`), several times over.
const DEADLINE: Duration = Duration::from_secs(300);
const PAUSE: Duration = Duration::from_millis(50);

/// Waits until no other applier is at work; the lock lasts as long as the file that is returned.
pub fn wait(path: &Path) -> Result<File, String> {
    let fail = |error: io::Error| format!("{}: {error}", path.display());
    if let Some(dir) = path.parent() {
        fs::create_dir_all(dir).map_err(fail)?;
    }
    let file = File::create(path).map_err(fail)?;
    let start = Instant::now();
    loop {
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(file),
            Err(rustix::io::Errno::WOULDBLOCK) if start.elapsed() < DEADLINE => sleep(PAUSE),
            Err(rustix::io::Errno::WOULDBLOCK) => {
                let waited = DEADLINE.as_secs();
                return Err(format!("{}: another settings-applier held it for {waited} s", path.display()));
            }
            Err(error) => return Err(fail(error.into())),
        }
    }
}
