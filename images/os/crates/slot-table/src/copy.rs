//! One copy of the table as it stands on the disk.

use crate::crc32::crc32;
use crate::disk::ReadSectors;
use crate::entry::Partition;
use crate::fault::Fault;
use crate::header::Header;
use alloc::vec;
use alloc::vec::Vec;

#[derive(Clone, Debug)]
pub(crate) struct Copy {
    pub header: Header,
    /// Whole sectors; what follows the last entry in the last sector is kept as it was read.
    pub entries: Vec<u8>,
}

impl Copy {
    /// Reads the copy whose header is sector `lba`, and checks all of it.
    pub fn read<D: ReadSectors>(disk: &mut D, lba: u64) -> Result<Self, Fault> {
        let mut sector = vec![0; disk.sector_size()];
        disk.read(lba, &mut sector).map_err(|_| Fault::Unreadable { lba })?;
        let header = Header::parse(&sector, lba, disk.last_lba())?;
        let sectors = header.entries_sectors(disk.sector_size()) as usize;
        let mut entries = vec![0; sectors * disk.sector_size()];
        disk.read(header.entries_lba, &mut entries).map_err(|_| Fault::Unreadable { lba: header.entries_lba })?;
        if crc32(&entries[..header.entries_len()]) != header.entries_crc {
            return Err(Fault::EntriesChecksum);
        }
        let copy = Self { header, entries };
        copy.check_partitions()?;
        Ok(copy)
    }

    pub fn partitions(&self) -> impl Iterator<Item = Partition> {
        let entries = self.entries[..self.header.entries_len()].chunks_exact(self.header.entry_bytes as usize);
        entries.zip(1..).filter_map(|(entry, number)| Partition::parse(number, entry))
    }

    fn check_partitions(&self) -> Result<(), Fault> {
        let mut sorted: Vec<_> = self.partitions().collect();
        sorted.sort_by_key(|partition| partition.first_lba);
        for Partition { number, first_lba, last_lba, .. } in &sorted {
            let usable = self.header.first_usable..=self.header.last_usable;
            if first_lba > last_lba || !usable.contains(first_lba) || !usable.contains(last_lba) {
                return Err(Fault::Partition { number: *number });
            }
        }
        match sorted.windows(2).find(|pair| pair[0].last_lba >= pair[1].first_lba) {
            Some(pair) => Err(Fault::Overlap { first: pair[0].number, second: pair[1].number }),
            None => Ok(()),
        }
    }
}
