//! Where a disk or a partition lies, by sysfs, which costs no access to the disk.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What sysfs counts in, whatever the sectors of the disk are.
const UNIT_BYTES: u64 = 512;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// 0 for a disk.
    pub start_bytes: u64,
    pub size_bytes: u64,
}

impl Extent {
    /// Of the device file `node`, in the sysfs mounted at `sys`. The error names the file that could not be read.
    pub fn of(node: &Path, sys: &Path) -> io::Result<Self> {
        let directory = sys.join("class/block").join(node.file_name().unwrap_or_default());
        let start_bytes = match read(directory.join("start")) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
            read => read?,
        };
        Ok(Self { start_bytes, size_bytes: read(directory.join("size"))? })
    }

    pub fn end_bytes(self) -> u64 {
        self.start_bytes + self.size_bytes
    }
}

fn read(path: PathBuf) -> io::Result<u64> {
    let units = fs::read_to_string(&path).and_then(|text| text.trim().parse::<u64>().map_err(io::Error::other));
    let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    Ok(units.map_err(named)? * UNIT_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sysfs_with(files: &[(&str, &str)]) -> tempfile::TempDir {
        let sys = tempfile::tempdir().expect("a directory");
        for (path, text) in files {
            let path = sys.path().join("class/block").join(path);
            fs::create_dir_all(path.parent().expect("it is in a directory")).expect("a directory");
            fs::write(path, text).expect("a file");
        }
        sys
    }

    #[test]
    fn a_partition_has_a_start_and_a_disk_has_none() {
        let sys = sysfs_with(&[("vda13/start", "4096\n"), ("vda13/size", "2048\n"), ("vda/size", "8192\n")]);
        let of = |node: &str| Extent::of(Path::new(node), sys.path()).expect("it is there");
        assert_eq!(of("/dev/vda13"), Extent { start_bytes: 4096 * 512, size_bytes: 2048 * 512 });
        assert_eq!(of("/dev/vda13").end_bytes(), 6144 * 512);
        assert_eq!(of("/dev/vda"), Extent { start_bytes: 0, size_bytes: 8192 * 512 });
    }

    #[test]
    fn the_file_that_could_not_be_read_is_named() {
        let sys = sysfs_with(&[("vda/size", "many\n")]);
        for node in ["/dev/vda", "/dev/vdb"] {
            let told = Extent::of(Path::new(node), sys.path()).expect_err("no number").to_string();
            assert!(told.contains("/size: "), "{told}");
        }
    }
}
