//! A disc with user-data on it, where the machine has one in.

use crate::step::{Filesystem, Step};
use rustix::mount::MountFlags;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// Where ISO 9660 has its mark: in the first volume descriptor, sector 16 of 2048 bytes, after its type.
const MARK_AT_BYTES: u64 = 16 * 2048 + 1;
const MARK: [u8; 5] = *b"CD001";

/// The mount for the disc in `drive`; `None` without a drive, without a disc, or where it holds something else.
pub fn mount(drive: &Path) -> Option<Step> {
    let mut mark = [0; MARK.len()];
    File::open(drive).ok()?.read_exact_at(&mut mark, MARK_AT_BYTES).ok()?;
    (mark == MARK).then(|| Step::Mount {
        source: drive.into(),
        target: "/media/cdrom".into(),
        kind: Filesystem::Iso9660,
        flags: MountFlags::RDONLY | MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drive_with(bytes: &[u8]) -> Option<Step> {
        let drive = tempfile::NamedTempFile::new().expect("a file");
        drive.as_file().write_all_at(bytes, MARK_AT_BYTES).expect("a writable file");
        mount(drive.path())
    }

    #[test]
    fn only_an_iso_9660_disc_is_mounted() {
        assert!(drive_with(b"CD001\x01").is_some());
        assert!(drive_with(b"BEA01\x01").is_none());
        assert!(drive_with(b"").is_none());
        assert!(mount(Path::new("/nonexistent/sr0")).is_none());
    }
}
