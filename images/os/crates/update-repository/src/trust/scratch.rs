//! The directory that tough works in. It is in memory, and holds nothing that is needed after the load.

use super::record::Seen;
use serde::de::DeserializeOwned;
use std::fs;
use std::io;
use std::path::Path;

const TIMESTAMP: &str = "timestamp.json";
const SNAPSHOT: &str = "snapshot.json";

/// Lays out what tough compares new metadata with.
pub fn fill(directory: &Path, seen: &Seen) -> Result<(), String> {
    let fill = || {
        clear(directory)?;
        fs::create_dir_all(directory)?;
        if let Some(timestamp) = &seen.timestamp {
            fs::write(directory.join(TIMESTAMP), serde_json::to_vec(timestamp)?)?;
        }
        if let Some(snapshot) = &seen.snapshot {
            fs::write(directory.join(SNAPSHOT), serde_json::to_vec(snapshot)?)?;
        }
        Ok(())
    };
    fill().map_err(|error: io::Error| format!("{}: {error}", directory.display()))
}

/// Takes out what has been verified, and leaves nothing.
pub fn empty(directory: &Path, seen: &mut Seen) -> Result<(), String> {
    let mut empty = || {
        seen.timestamp = read(&directory.join(TIMESTAMP))?;
        seen.snapshot = read(&directory.join(SNAPSHOT))?;
        clear(directory)?;
        fs::create_dir(directory)
    };
    empty().map_err(|error: io::Error| format!("{}: {error}", directory.display()))
}

/// tough wants each time later than the one before. A clock that is set during a long download is no attack: what has
/// expired is checked by the time of the load.
pub fn forget_time(directory: &Path) {
    // Without the file there is nothing to forget.
    let _ = fs::remove_file(directory.join("latest_known_time.json"));
}

fn clear(directory: &Path) -> io::Result<()> {
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn read<T: DeserializeOwned>(path: &Path) -> io::Result<Option<T>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
