//! A table on a disk that has become larger.

use crate::copy::Copy;
use crate::crc32::crc32;
use crate::entry::LAST_LBA_AT;
use crate::plan::{self, Step};
use crate::table::Table;
use alloc::vec::Vec;
use core::fmt;

/// Why a partition cannot be given the room behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoGrowth {
    NoSuchPartition,
    /// It would become smaller, or reach into the backup.
    OutOfRange {
        last_lba: u64,
    },
    /// Another partition lies behind it.
    NotTheLast {
        other: u32,
    },
    /// Only the backup is whole; where the next one would be looked for is not certain then.
    NoPrimary,
}

impl Table {
    /// The writes that let partition `number` end with sector `last_lba` on a disk that ends with `disk_last_lba`, where the
    /// backup then is.
    ///
    /// The new backup is durable before anything else changes, and nobody looks at it while the primary is whole and names
    /// the old one. From the first sector of the primary on, whoever finds it torn takes the copy at the disk's end. So a
    /// cut leaves the table as it was or as it is to be, and in both the old backup is never written.
    pub fn grow(&self, number: u32, last_lba: u64, disk_last_lba: u64) -> Result<Vec<Step>, NoGrowth> {
        let primary = self.primary().map_err(|_| NoGrowth::NoPrimary)?;
        let part = self.partitions().find(|part| part.number == number).ok_or(NoGrowth::NoSuchPartition)?;
        if let Some(other) = self.partitions().find(|other| other.first_lba > part.last_lba) {
            return Err(NoGrowth::NotTheLast { other: other.number });
        }
        let mut wanted = primary.clone();
        wanted.header.other_lba = disk_last_lba;
        let sectors = wanted.header.entries_sectors(self.sector_size());
        wanted.header.last_usable = disk_last_lba.saturating_sub(sectors + 1);
        if last_lba < part.last_lba || last_lba > wanted.header.last_usable {
            return Err(NoGrowth::OutOfRange { last_lba });
        }
        let at = (number as usize - 1) * wanted.header.entry_bytes as usize + LAST_LBA_AT;
        wanted.entries[at..at + 8].copy_from_slice(&last_lba.to_le_bytes());
        wanted.header.entries_crc = crc32(&wanted.entries[..wanted.header.entries_len()]);
        let mirrored = wanted.header.mirrored(self.sector_size()).ok_or(NoGrowth::OutOfRange { last_lba })?;
        let backup = Copy { header: mirrored, entries: wanted.entries.clone() };
        let mut steps = plan::update(None, &backup, self.sector_size());
        steps.extend(plan::update(Some(primary), &wanted, self.sector_size()));
        Ok(steps)
    }
}

impl fmt::Display for NoGrowth {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchPartition => out.write_str("the table has no such partition"),
            Self::OutOfRange { last_lba } => write!(out, "it cannot end with sector {last_lba}"),
            Self::NotTheLast { other } => write!(out, "partition {other} lies behind it"),
            Self::NoPrimary => out.write_str("the primary copy of the table is damaged"),
        }
    }
}

impl core::error::Error for NoGrowth {}
