//! A partition as a stretch of its disk. The whole disk is opened, not the partition's own device: so one descriptor
//! brings everything to the disk, and an image file is written as a disk is.

use super::download::Download;
use super::image_reader::ImageReader;
use super::pieces::{self, PIECE_BYTES};
use rustix::fs::{Advice, fadvise};
use slot_table::{Partition, Slot, Table, layout};
use std::fs::File;
use std::io;
use std::num::NonZeroU64;
use std::os::unix::fs::FileExt;

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

    /// What `image` is going to leave here. More than there is room for is an error when it is read.
    pub fn contents_of<'i>(&self, image: &'i Download) -> io::Result<ImageReader<&'i File>> {
        image.contents(self.size())
    }

    /// Writes `image` to the beginning, and returns when it is on the disk for good. Nothing is written outside.
    pub fn write(&self, image: &Download) -> io::Result<()> {
        let mut at = self.start();
        pieces::each(self.contents_of(image)?, |piece| {
            self.disk.write_all_at(piece, at)?;
            at += piece.len() as u64;
            Ok(())
        })?;
        self.disk.sync_all()?;
        // What is read back has to come from the disk, not from memory.
        Ok(fadvise(self.disk, self.start(), NonZeroU64::new(self.size()), Advice::DontNeed)?)
    }

    /// Reads back what was written.
    pub fn compare(&self, image: &Download) -> io::Result<()> {
        let mut stored = vec![0; PIECE_BYTES];
        let mut at = self.start();
        pieces::each(self.contents_of(image)?, |piece| {
            let stored = &mut stored[..piece.len()];
            self.disk.read_exact_at(stored, at)?;
            at += piece.len() as u64;
            if stored == piece { Ok(()) } else { Err(io::Error::other("what was read back is not what was written")) }
        })?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::download::tests::download;
    use super::*;

    /// Sectors 2 to 4097 of a disk that is full of threes.
    fn with_region(test: impl FnOnce(&Region<'_>)) {
        let disk = tempfile::tempfile().expect("a file");
        disk.write_all_at(&[3; 5000 * 512], 0).expect("written");
        let (type_guid, unique_guid, label) = (layout::ROOT_TYPE, layout::ROOT_TYPE, "R".into());
        let partition =
            Partition { number: 1, type_guid, unique_guid, first_lba: 2, last_lba: 4097, attributes: 0, label };
        test(&Region { partition, disk: &disk, sector_bytes: 512 });
    }

    fn bytes(region: &Region<'_>) -> Vec<u8> {
        let mut bytes = vec![0; 5000 * 512];
        region.disk.read_exact_at(&mut bytes, 0).expect("read");
        bytes
    }

    #[test]
    fn an_image_goes_to_the_beginning_and_nothing_else_changes() {
        with_region(|region| {
            let image = vec![7; PIECE_BYTES + 100];
            region.write(&download(&image)).expect("written");
            region.compare(&download(&image)).expect("the same");
            let expected = [&[3; 1024][..], &image, &vec![3; 5000 * 512 - 1024 - image.len()]].concat();
            assert!(bytes(region) == expected);
        });
    }

    #[test]
    fn an_image_that_is_too_large_never_leaves_its_partition() {
        with_region(|region| {
            assert!(region.write(&download(&vec![7; 4096 * 512 + 1])).is_err());
            let bytes = bytes(region);
            assert!(bytes[..1024].iter().chain(&bytes[4098 * 512..]).all(|byte| *byte == 3));
            region.write(&download(&vec![7; 4096 * 512])).expect("fits");
        });
    }

    #[test]
    fn a_byte_that_the_disk_lost_is_noticed() {
        with_region(|region| {
            let image = download(&[7; 10_000]);
            region.write(&image).expect("written");
            region.disk.write_all_at(&[8], 1024 + 9_999).expect("written");
            let told = region.compare(&image).expect_err("refused").to_string();
            assert_eq!(told, "what was read back is not what was written");
        });
    }
}
