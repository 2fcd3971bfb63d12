//! Both copies of the table, and which of them is trusted.

use crate::copy::Copy;
use crate::crc32::crc32;
use crate::disk::ReadSectors;
use crate::entry::{ATTRIBUTES_AT, Partition, UNIQUE_GUID_AT};
use crate::fault::{Fault, NoTable};
use crate::guid::Guid;
use crate::header::Header;
use crate::plan::{self, Step};
use alloc::vec::Vec;

const PRIMARY_LBA: u64 = 1;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    Primary,
    Backup,
}

/// The table of a disk: what is stored, and what it is to become.
#[derive(Clone, Debug)]
pub struct Table {
    sector_size: usize,
    primary: Result<Copy, Fault>,
    backup: Result<Copy, Fault>,
    wanted: Copy,
}

impl Table {
    /// Reads both copies. The primary is trusted when it is valid, as firmware and Linux do, even where a valid backup
    /// says something else: writers change the backup first, so a cut between the two leaves the state before the change.
    pub fn read<D: ReadSectors>(disk: &mut D) -> Result<Self, NoTable> {
        let sector_size = disk.sector_size();
        if !(512..=4096).contains(&sector_size) || !sector_size.is_power_of_two() {
            let fault = Fault::SectorSize(sector_size);
            return Err(NoTable { primary: fault, backup: fault });
        }
        let primary = Copy::read(disk, PRIMARY_LBA);
        // On a disk that was grown the backup stays where the primary says until somebody moves it.
        let backup_lba = primary.as_ref().map_or(disk.last_lba(), |copy| copy.header.other_lba);
        let backup = Copy::read(disk, backup_lba);
        let wanted = match (&primary, &backup) {
            (Ok(copy), _) | (_, Ok(copy)) => copy.clone(),
            (Err(primary), Err(backup)) => return Err(NoTable { primary: *primary, backup: *backup }),
        };
        Ok(Self { sector_size, primary, backup, wanted })
    }

    /// Bytes in a sector of the disk.
    pub fn sector_size(&self) -> usize {
        self.sector_size
    }

    pub(crate) fn primary(&self) -> Result<&Copy, Fault> {
        self.primary.as_ref().map_err(|fault| *fault)
    }

    /// The copy that the contents come from.
    pub fn trusted(&self) -> Which {
        if self.primary.is_ok() { Which::Primary } else { Which::Backup }
    }

    /// What is wrong with a copy.
    pub fn fault(&self, which: Which) -> Option<Fault> {
        match which {
            Which::Primary => self.primary.as_ref().err().copied(),
            Which::Backup => self.backup.as_ref().err().copied(),
        }
    }

    pub fn partitions(&self) -> impl Iterator<Item = Partition> {
        self.wanted.partitions()
    }

    /// The partition of this type and label together: either alone can be on a partition of somebody else's.
    pub fn find(&self, type_guid: Guid, label: &str) -> Option<Partition> {
        self.partitions().find(|part| part.type_guid == type_guid && part.label == label)
    }

    /// Sets the attribute bits of partition `number`, one of [`Table::partitions`].
    pub fn set_attributes(&mut self, number: u32, attributes: u64) {
        self.set(number, ATTRIBUTES_AT, &attributes.to_le_bytes());
    }

    /// Names partition `number`, one of [`Table::partitions`].
    pub fn set_unique_guid(&mut self, number: u32, guid: Guid) {
        self.set(number, UNIQUE_GUID_AT, &guid.0);
    }

    fn set(&mut self, number: u32, at: usize, bytes: &[u8]) {
        let at = (number as usize - 1) * self.wanted.header.entry_bytes as usize + at;
        self.wanted.entries[at..at + bytes.len()].copy_from_slice(bytes);
        self.wanted.header.entries_crc = crc32(&self.wanted.entries[..self.wanted.header.entries_len()]);
    }

    /// The writes that bring both copies to the wanted contents: the backup first, so that a cut at any moment leaves one
    /// whole copy. Empty when both already hold them; a copy that is bad or says something else is written anew.
    pub fn changes(&self) -> Vec<Step> {
        self.steps(self.primary.as_ref().ok(), self.backup.as_ref().ok())
    }

    /// The writes of both whole copies, changed or not.
    pub fn rewrite(&self) -> Vec<Step> {
        self.steps(None, None)
    }

    fn steps(&self, primary: Option<&Copy>, backup: Option<&Copy>) -> Vec<Step> {
        let (front, back) = (self.placed(Which::Primary), self.placed(Which::Backup));
        let backup_steps = back.map(|wanted| plan::update(backup, &wanted, self.sector_size));
        let primary_steps = front.map(|wanted| plan::update(primary, &wanted, self.sector_size));
        backup_steps.into_iter().chain(primary_steps).flatten().collect()
    }

    /// The wanted contents as `which` copy holds them: where a valid copy stands already, else where it belongs. `None`
    /// when there is no room for it, so a table that leaves none keeps its one copy.
    fn placed(&self, which: Which) -> Option<Copy> {
        let stored = match which {
            Which::Primary => &self.primary,
            Which::Backup => &self.backup,
        };
        let mirrored = self.wanted.header.mirrored(self.sector_size);
        let header = match stored {
            _ if which == self.trusted() => self.wanted.header,
            Ok(copy) if copy.header.same_shape(&self.wanted.header) => {
                Header { entries_lba: copy.header.entries_lba, ..mirrored? }
            }
            _ => mirrored?,
        };
        Some(Copy { header, entries: self.wanted.entries.clone() })
    }
}
