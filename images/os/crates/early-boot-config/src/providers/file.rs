use super::Found;
use crate::decode::MAX_BYTES;
use rustix::{
    fs::{Mode, OFlags, open},
    io::Errno,
};
use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

/// Reads one file, if it is there.
///
/// # Errors
/// When it cannot be read, is larger than [`MAX_BYTES`], or is not a regular file: whoever made the disc may have put there
/// what never ends, or what leads to another file.
pub fn find(root: &Path, relative: &str) -> Result<Option<Found>, String> {
    let path = root.join(relative);
    match read(&path) {
        Ok(bytes) if bytes.len() as u64 > MAX_BYTES => {
            Err(format!("{}: it is larger than {MAX_BYTES} bytes", path.display()))
        }
        Ok(bytes) => Ok(Some(Found { place: path.display().to_string(), bytes })),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("{}: {error}", path.display())),
    }
}

/// At most one byte more than may be.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    // Without NONBLOCK, opening a FIFO waits for a writer.
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::NOCTTY | OFlags::CLOEXEC;
    let file = match open(path, flags, Mode::empty()) {
        Err(Errno::LOOP | Errno::NXIO) => return Err(not_regular()),
        opened => File::from(opened?),
    };
    if !file.metadata()?.is_file() {
        return Err(not_regular());
    }
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn not_regular() -> io::Error {
    io::Error::other("it is not a regular file; put the user-data itself there")
}
