//! One partition entry (UEFI specification 2.10, section 5.3.3).

use crate::guid::Guid;
use alloc::string::String;

pub(crate) const UNIQUE_GUID_AT: usize = 16;
pub(crate) const LAST_LBA_AT: usize = 40;
pub(crate) const ATTRIBUTES_AT: usize = 48;
const NAME_UNITS: usize = 36;

/// A used entry. `number` counts from 1, as partitions do; `last_lba` is part of the partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partition {
    pub number: u32,
    pub type_guid: Guid,
    pub unique_guid: Guid,
    pub first_lba: u64,
    pub last_lba: u64,
    pub attributes: u64,
    pub label: String,
}

impl Partition {
    /// `None` for an unused entry.
    pub(crate) fn parse(number: u32, entry: &[u8]) -> Option<Self> {
        let guid_at = |at: usize| Guid(entry[at..at + 16].try_into().expect("sixteen bytes"));
        let u64_at = |at: usize| u64::from_le_bytes(entry[at..at + 8].try_into().expect("eight bytes"));
        let units = entry[56..56 + 2 * NAME_UNITS].chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
        (guid_at(0) != Guid::ZERO).then(|| Self {
            number,
            type_guid: guid_at(0),
            unique_guid: guid_at(UNIQUE_GUID_AT),
            first_lba: u64_at(32),
            last_lba: u64_at(LAST_LBA_AT),
            attributes: u64_at(ATTRIBUTES_AT),
            label: char::decode_utf16(units.take_while(|unit| *unit != 0))
                .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect(),
        })
    }
}
