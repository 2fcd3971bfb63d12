//! A disk in memory, with the slot layout on it or with whatever a test puts there.
#![allow(dead_code)] // Each test program uses its part of this.

use slot_table::crc32::crc32;
use slot_table::disk::{ReadSectors, WriteSectors};
use slot_table::header::Header;
use slot_table::layout::{BOOT_TYPE, PRIVATE_LABEL, PRIVATE_TYPE};
use slot_table::{Guid, Slot, Step};

pub const ENTRY_BYTES: usize = 128;
pub const ENTRY_COUNT: usize = 128;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemoryDisk {
    pub bytes: Vec<u8>,
    pub sector_size: usize,
}

impl ReadSectors for MemoryDisk {
    type Error = ();

    fn sector_size(&self) -> usize {
        self.sector_size
    }

    fn last_lba(&self) -> u64 {
        (self.bytes.len() / self.sector_size) as u64 - 1
    }

    fn read(&mut self, lba: u64, into: &mut [u8]) -> Result<(), ()> {
        let at = usize::try_from(lba).map_err(|_| ())?.checked_mul(self.sector_size).ok_or(())?;
        into.copy_from_slice(self.bytes.get(at..at + into.len()).ok_or(())?);
        Ok(())
    }
}

impl WriteSectors for MemoryDisk {
    type Error = ();

    fn write(&mut self, lba: u64, bytes: &[u8]) -> Result<(), ()> {
        let at = lba as usize * self.sector_size;
        self.bytes.get_mut(at..at + bytes.len()).ok_or(())?.copy_from_slice(bytes);
        Ok(())
    }

    fn flush(&mut self) -> Result<(), ()> {
        Ok(())
    }
}

impl MemoryDisk {
    /// Performs some of `steps`, as a power cut would leave them.
    pub fn with_writes<'a>(&self, steps: impl IntoIterator<Item = &'a Step>) -> Self {
        let mut disk = self.clone();
        for step in steps {
            if let Step::Write { lba, bytes } = step {
                disk.write(*lba, bytes).expect("the plan stays on the disk");
            }
        }
        disk
    }

    pub fn sectors_of_entries(&self) -> u64 {
        (ENTRY_BYTES * ENTRY_COUNT / self.sector_size) as u64
    }
}

/// A disk of 256 sectors with BOOT-A, BOOT-B and PRIVATE as partitions 3, 8 and 12, with these attributes.
pub fn slot_disk(sector_size: usize, a: u64, b: u64, private: u64) -> MemoryDisk {
    let mut disk = MemoryDisk { bytes: vec![0; 256 * sector_size], sector_size };
    let mut entries = vec![0; ENTRY_BYTES * ENTRY_COUNT];
    put_entry(&mut entries, 3, BOOT_TYPE, Slot::A.boot_label(), a);
    put_entry(&mut entries, 8, BOOT_TYPE, Slot::B.boot_label(), b);
    put_entry(&mut entries, 12, PRIVATE_TYPE, PRIVATE_LABEL, private);
    let sectors = disk.sectors_of_entries();
    let primary = Header {
        own_lba: 1,
        other_lba: 255,
        first_usable: 2 + sectors,
        last_usable: 254 - sectors,
        disk_guid: Guid([7; 16]),
        entries_lba: 2,
        entry_count: ENTRY_COUNT as u32,
        entry_bytes: ENTRY_BYTES as u32,
        entries_crc: crc32(&entries),
    };
    let backup = Header { own_lba: 255, other_lba: 1, entries_lba: 255 - sectors, ..primary };
    for header in [primary, backup] {
        disk.write(header.entries_lba, &entries).expect("the entries fit");
        let mut sector = vec![0; sector_size];
        header.to_sector(&mut sector);
        disk.write(header.own_lba, &sector).expect("the header fits");
    }
    disk
}

fn put_entry(entries: &mut [u8], number: usize, type_guid: Guid, label: &str, attributes: u64) {
    let entry = &mut entries[(number - 1) * ENTRY_BYTES..number * ENTRY_BYTES];
    entry[..16].copy_from_slice(&type_guid.0);
    entry[16..32].copy_from_slice(&[number as u8; 16]);
    let lba = 40 + number as u64;
    entry[32..40].copy_from_slice(&lba.to_le_bytes());
    entry[40..48].copy_from_slice(&lba.to_le_bytes());
    entry[48..56].copy_from_slice(&attributes.to_le_bytes());
    for (unit, place) in label.encode_utf16().zip(entry[56..].chunks_exact_mut(2)) {
        place.copy_from_slice(&unit.to_le_bytes());
    }
}
