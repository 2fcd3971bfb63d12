//! The GPT header (UEFI specification 2.10, section 5.3.2).

use crate::crc32::crc32;
use crate::fault::Fault;
use crate::guid::Guid;

const SIGNATURE: &[u8] = b"EFI PART";
const REVISION: u32 = 0x1_0000;
const HEADER_BYTES: usize = 92;
/// Far more than any table has (128 entries of 128 bytes are usual), and little enough to read without care.
const ENTRIES_MAX_BYTES: u64 = 256 * 1024;

/// A header that was found consistent in itself and with its disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    pub own_lba: u64,
    pub other_lba: u64,
    pub first_usable: u64,
    pub last_usable: u64,
    pub disk_guid: Guid,
    pub entries_lba: u64,
    pub entry_count: u32,
    pub entry_bytes: u32,
    pub entries_crc: u32,
}

impl Header {
    /// Reads and checks the header in `sector`, which is sector `lba` of a disk ending with `last_lba`.
    pub fn parse(sector: &[u8], lba: u64, last_lba: u64) -> Result<Self, Fault> {
        if &sector[..8] != SIGNATURE {
            return Err(Fault::Signature);
        }
        let u32_at = |at: usize| u32::from_le_bytes(sector[at..at + 4].try_into().expect("four bytes"));
        let u64_at = |at: usize| u64::from_le_bytes(sector[at..at + 8].try_into().expect("eight bytes"));
        if u32_at(8) != REVISION {
            return Err(Fault::Revision(u32_at(8)));
        }
        let size = u32_at(12) as usize;
        if size < HEADER_BYTES || size > sector.len() {
            return Err(Fault::HeaderSize(u32_at(12)));
        }
        let mut summed = sector[..size].to_vec();
        summed[16..20].fill(0);
        if crc32(&summed) != u32_at(16) {
            return Err(Fault::HeaderChecksum);
        }
        let header = Self {
            own_lba: u64_at(24),
            other_lba: u64_at(32),
            first_usable: u64_at(40),
            last_usable: u64_at(48),
            disk_guid: Guid(sector[56..72].try_into().expect("sixteen bytes")),
            entries_lba: u64_at(72),
            entry_count: u32_at(80),
            entry_bytes: u32_at(84),
            entries_crc: u32_at(88),
        };
        if header.own_lba != lba {
            return Err(Fault::OwnAddress { says: header.own_lba, stands_at: lba });
        }
        header.check_ranges(sector.len(), last_lba)?;
        Ok(header)
    }

    fn check_ranges(&self, sector_size: usize, last_lba: u64) -> Result<(), Fault> {
        let bytes = u64::from(self.entry_bytes) * u64::from(self.entry_count);
        if self.entry_bytes < 128 || !self.entry_bytes.is_power_of_two() || bytes == 0 || bytes > ENTRIES_MAX_BYTES {
            return Err(Fault::EntrySize { bytes: self.entry_bytes, count: self.entry_count });
        }
        if self.first_usable > self.last_usable || self.last_usable >= last_lba {
            return Err(Fault::Range("the usable area"));
        }
        let (front, back) = (self.own_lba.min(self.other_lba), self.own_lba.max(self.other_lba));
        if front != 1 || back > last_lba || back <= self.last_usable || self.first_usable <= front {
            return Err(Fault::Range("the other copy"));
        }
        let sectors = self.entries_sectors(sector_size);
        let end = self.entries_lba.checked_add(sectors).ok_or(Fault::Range("the entries"))?;
        let room = if self.own_lba == 1 { 2..=self.first_usable } else { self.last_usable + 1..=self.own_lba };
        if room.contains(&self.entries_lba) && room.contains(&end) {
            return Ok(());
        }
        Err(Fault::Range("the entries"))
    }

    /// Sectors that the entries take.
    pub fn entries_sectors(&self, sector_size: usize) -> u64 {
        let bytes = u64::from(self.entry_bytes) * u64::from(self.entry_count);
        bytes.div_ceil(sector_size as u64)
    }

    /// Bytes that the entries' checksum covers.
    pub fn entries_len(&self) -> usize {
        self.entry_bytes as usize * self.entry_count as usize
    }

    /// Whether the entries of `other` fit in the place of these.
    pub fn same_shape(&self, other: &Self) -> bool {
        let shape = |header: &Self| (header.entries_len(), header.first_usable, header.last_usable);
        shape(self) == shape(other)
    }

    /// This header as the other copy has it, or `None` where the entries would find no room there.
    pub fn mirrored(&self, sector_size: usize) -> Option<Self> {
        let sectors = self.entries_sectors(sector_size);
        let entries_lba = if self.own_lba == 1 { self.other_lba.checked_sub(sectors)? } else { 2 };
        let fits =
            if self.own_lba == 1 { entries_lba > self.last_usable } else { entries_lba + sectors <= self.first_usable };
        fits.then_some(Self { own_lba: self.other_lba, other_lba: self.own_lba, entries_lba, ..*self })
    }

    /// The sector that holds this header, checksum included.
    pub fn to_sector(&self, sector: &mut [u8]) {
        sector.fill(0);
        sector[..8].copy_from_slice(SIGNATURE);
        sector[8..12].copy_from_slice(&REVISION.to_le_bytes());
        sector[12..16].copy_from_slice(&(HEADER_BYTES as u32).to_le_bytes());
        sector[24..32].copy_from_slice(&self.own_lba.to_le_bytes());
        sector[32..40].copy_from_slice(&self.other_lba.to_le_bytes());
        sector[40..48].copy_from_slice(&self.first_usable.to_le_bytes());
        sector[48..56].copy_from_slice(&self.last_usable.to_le_bytes());
        sector[56..72].copy_from_slice(&self.disk_guid.0);
        sector[72..80].copy_from_slice(&self.entries_lba.to_le_bytes());
        sector[80..84].copy_from_slice(&self.entry_count.to_le_bytes());
        sector[84..88].copy_from_slice(&self.entry_bytes.to_le_bytes());
        sector[88..92].copy_from_slice(&self.entries_crc.to_le_bytes());
        let crc = crc32(&sector[..HEADER_BYTES]);
        sector[16..20].copy_from_slice(&crc.to_le_bytes());
    }
}
