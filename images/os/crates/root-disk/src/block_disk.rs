//! A disk, or an image of one, as Linux gives it.

use slot_table::disk::{ReadSectors, WriteSectors};
use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::{FileExt, FileTypeExt};
use std::path::Path;

/// Bytes in a sector of an image file, which cannot say it itself.
const IMAGE_SECTOR_BYTES: usize = 512;

pub struct BlockDisk {
    file: File,
    sector_size: usize,
    sectors: u64,
}

impl BlockDisk {
    /// Opens the disk and holds its lock, so that two programs never change the table between each other's steps.
    pub fn open(path: &Path, write: bool) -> io::Result<Self> {
        let mut file = OpenOptions::new().read(true).write(write).open(path)?;
        file.lock()?;
        let is_device = file.metadata()?.file_type().is_block_device();
        let sector_size = if is_device { rustix::fs::ioctl_blksszget(&file)? as usize } else { IMAGE_SECTOR_BYTES };
        let sectors = file.seek(SeekFrom::End(0))? / sector_size as u64;
        Ok(Self { file, sector_size, sectors })
    }

    pub fn sector_bytes(&self) -> u64 {
        self.sector_size as u64
    }
}

impl AsFd for BlockDisk {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

impl ReadSectors for BlockDisk {
    type Error = io::Error;

    fn sector_size(&self) -> usize {
        self.sector_size
    }

    fn last_lba(&self) -> u64 {
        self.sectors.saturating_sub(1)
    }

    fn read(&mut self, lba: u64, into: &mut [u8]) -> io::Result<()> {
        self.file.read_exact_at(into, lba * self.sector_size as u64)
    }
}

impl WriteSectors for BlockDisk {
    type Error = io::Error;

    fn write(&mut self, lba: u64, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all_at(bytes, lba * self.sector_size as u64)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.sync_all()
    }
}
