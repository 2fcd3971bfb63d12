use rustix::fs::{Mode, OFlags, open};
use std::{
    fs::File,
    io::{self, Read, Seek, Write},
    path::Path,
};

/// Of one file in the archive.
pub const MAX_FILE_BYTES: u64 = 32 << 20;

/// What was collected of one thing, in a nameless file: an archive has the length in front.
pub struct Spool {
    pub file: File,
    pub bytes: u64,
    /// There was more.
    pub truncated: bool,
}

impl Spool {
    /// As much of `input` as the limit lets in.
    pub fn fill(directory: &Path, input: &mut dyn Read) -> io::Result<Self> {
        let mut file =
            File::from(open(directory, OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC, Mode::RUSR | Mode::WUSR)?);
        let bytes = io::copy(&mut input.take(MAX_FILE_BYTES), &mut file)?;
        let truncated = bytes == MAX_FILE_BYTES && input.read(&mut [0])? > 0;
        file.flush()?;
        file.rewind()?;
        Ok(Self { file, bytes, truncated })
    }
}
