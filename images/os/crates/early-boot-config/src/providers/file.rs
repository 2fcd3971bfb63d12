use super::Found;
use crate::decode::MAX_BYTES;
use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

/// Reads one file, if it is there.
///
/// # Errors
/// When it cannot be read or is larger than [`MAX_BYTES`].
pub fn find(root: &Path, relative: &str) -> Result<Option<Found>, String> {
    let path = root.join(relative);
    let mut bytes = Vec::new();
    let read = File::open(&path).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes));
    match read {
        Ok(_) if bytes.len() as u64 > MAX_BYTES => {
            Err(format!("{}: it is larger than {MAX_BYTES} bytes", path.display()))
        }
        Ok(_) => Ok(Some(Found { path, bytes })),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("{}: {error}", path.display())),
    }
}
