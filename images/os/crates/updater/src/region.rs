//! A partition as a stretch of its disk. The whole disk is opened, not the partition's own device: so one descriptor
//! brings everything to the disk, and an image file is written as a disk is.

use rustix::fs::{Advice, fadvise};
use slot_table::{Partition, Slot, Table, layout};
use std::fs::File;
use std::io::{self, Read};
use std::num::NonZeroU64;
use std::os::unix::fs::FileExt;

/// Small enough to keep twice, large enough that a disk is not asked for every block.
pub const CHUNK_BYTES: usize = 1 << 20;

pub struct Region<'a> {
    pub partition: Partition,
    disk: &'a File,
    sector_bytes: u64,
}

/// The partitions of one slot.
pub struct Regions<'a> {
    pub boot: Region<'a>,
    pub root: Region<'a>,
    pub hash: Region<'a>,
}

impl<'a> Regions<'a> {
    /// # Errors
    /// When the disk does not have all of the slot's partitions.
    pub fn find(disk: &'a File, table: &Table, slot: Slot) -> Result<Self, String> {
        let find = |type_guid, label: &str| {
            let partition = table.find(type_guid, label);
            let partition = partition.ok_or_else(|| format!("this disk has no partition {label} to update"))?;
            Ok::<_, String>(Region { partition, disk, sector_bytes: table.sector_size() as u64 })
        };
        Ok(Self {
            boot: find(layout::BOOT_TYPE, slot.boot_label())?,
            root: find(layout::ROOT_TYPE, slot.root_label())?,
            hash: find(layout::HASH_TYPE, slot.hash_label())?,
        })
    }
}

impl Region<'_> {
    pub fn label(&self) -> &str {
        &self.partition.label
    }

    /// In bytes.
    pub fn size(&self) -> u64 {
        (self.partition.last_lba - self.partition.first_lba + 1) * self.sector_bytes
    }

    fn start(&self) -> u64 {
        self.partition.first_lba * self.sector_bytes
    }

    /// Writes `from` to the beginning, shows each piece to `see`, and returns the number of bytes when they are on the
    /// disk for good. What does not fit is an error before a byte is written outside.
    pub fn write(&self, mut from: impl Read, mut see: impl FnMut(&[u8])) -> io::Result<u64> {
        let mut chunk = vec![0; CHUNK_BYTES];
        let mut written = 0;
        loop {
            let length = fill(&mut from, &mut chunk)?;
            if length as u64 > self.size() - written {
                let (label, size) = (self.label(), self.size());
                return Err(io::Error::other(format!("the image is larger than {label}, which has {size} bytes")));
            }
            self.disk.write_all_at(&chunk[..length], self.start() + written)?;
            see(&chunk[..length]);
            written += length as u64;
            if length < chunk.len() {
                break;
            }
        }
        self.disk.sync_all()?;
        // What is read back has to come from the disk, not from memory.
        fadvise(self.disk, self.start(), NonZeroU64::new(self.size()), Advice::DontNeed)?;
        Ok(written)
    }

    /// Reads the first `length` bytes, in pieces of [`CHUNK_BYTES`] but for the last.
    pub fn read(&self, length: u64, mut see: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        let mut chunk = vec![0; CHUNK_BYTES];
        let mut done = 0;
        while done < length {
            let piece = chunk.len().min((length - done) as usize);
            self.disk.read_exact_at(&mut chunk[..piece], self.start() + done)?;
            see(&chunk[..piece])?;
            done += piece as u64;
        }
        Ok(())
    }
}

/// Reads until `into` is full or there is no more.
fn fill(from: &mut impl Read, into: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while length < into.len() {
        match from.read(&mut into[length..])? {
            0 => break,
            more => length += more,
        }
    }
    Ok(length)
}
