//! The images of an update on DATA, verified, before the slot that they are for is given up.

use super::image_reader::ImageReader;
use crate::progress::{Meter, Progress};
use crate::selection::Targets;
use rustix::fs::statvfs;
use std::fs::{self, File};
use std::io::{self, Read, Seek};
use std::path::Path;
use update_repository::Repository;

/// One image, compressed, in a file without a name: it is gone with the process, however that ends.
pub struct Download {
    pub name: String,
    file: File,
}

pub struct Downloads {
    pub boot: Download,
    pub root: Download,
    pub hash: Download,
}

impl Downloads {
    /// Fetches all images into `directory`, and reports how far that has come.
    ///
    /// # Errors
    /// When there is no room for them, or one is not had whole with the digest that the repository's metadata tells.
    pub fn fetch(
        repository: &Repository,
        targets: &Targets,
        directory: &Path,
        report: impl FnMut(Progress) -> Result<(), String>,
    ) -> Result<Self, String> {
        let mut needed = 0;
        for name in [&targets.boot, &targets.root, &targets.hash] {
            needed = u64::saturating_add(needed, repository.length(name)?);
        }
        let fail = |error: io::Error| format!("{}: {error}", directory.display());
        let free = free_bytes(directory).map_err(fail)?;
        if needed > free {
            return Err(format!(
                "{}: the update takes {needed} bytes here until it is on its slot, and {free} are free; delete something \
                 from the partition DATA. Nothing was written",
                directory.display()
            ));
        }
        fs::create_dir_all(directory).map_err(fail)?;
        let mut meter = Meter::new(needed, report);
        let mut fetch = |name: &str| Download::fetch(name, meter.watch(repository.open(name)?), directory);
        Ok(Self { root: fetch(&targets.root)?, boot: fetch(&targets.boot)?, hash: fetch(&targets.hash)? })
    }
}

/// In the file system that `directory` is or would be in: where nothing is free, it can't be made either.
fn free_bytes(directory: &Path) -> io::Result<u64> {
    let existing = directory.ancestors().find(|path| path.is_dir()).ok_or(io::ErrorKind::NotFound)?;
    let system = statvfs(existing)?;
    Ok(system.f_bavail.saturating_mul(system.f_frsize))
}

impl Download {
    fn fetch(name: &str, mut target: impl Read, directory: &Path) -> Result<Self, String> {
        let fail = |error: io::Error| format!("{name} into {}: {error}", directory.display());
        let mut file = tempfile::tempfile_in(directory).map_err(fail)?;
        io::copy(&mut target, &mut file).map_err(fail)?;
        Ok(Self { name: name.into(), file })
    }

    /// What the image holds, from its beginning on. Beyond `room` bytes, reading is an error.
    pub fn contents(&self, room: u64) -> io::Result<ImageReader<&File>> {
        let mut file = &self.file;
        file.rewind()?;
        Ok(ImageReader::new(file, room))
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use lz4_flex::frame::FrameEncoder;
    use std::io::Write;

    pub fn download(contents: &[u8]) -> Download {
        let mut encoder = FrameEncoder::new(tempfile::tempfile().expect("a file"));
        encoder.write_all(contents).expect("written");
        Download { name: "image.lz4".into(), file: encoder.finish().expect("a frame") }
    }

    #[test]
    fn contents_are_read_from_the_beginning_every_time() {
        let image = download(b"abc");
        for _ in 0..2 {
            assert_eq!(io::read_to_string(image.contents(3).expect("a reader")).expect("read"), "abc");
        }
    }
}
