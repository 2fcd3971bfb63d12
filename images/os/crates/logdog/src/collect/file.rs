use super::Collected;
use crate::{archive::Archive, spool::Spool};
use rustix::fs::{Mode, OFlags, open};
use std::{fs::File, io};

/// The content of one file. Opening a named pipe or a device could wait for ever.
pub fn collect(path: &str, archive: &Archive) -> Collected {
    let read = || {
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let mut file = File::from(open(path, flags, Mode::empty())?);
        if !file.metadata()?.is_file() {
            return Err(io::Error::other("it is no regular file"));
        }
        Spool::fill(archive.directory(), &mut file)
    };
    read().into()
}
