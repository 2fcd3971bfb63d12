//! Why a copy of the table cannot be trusted.

use core::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    SectorSize(usize),
    Unreadable { lba: u64 },
    Signature,
    Revision(u32),
    HeaderSize(u32),
    HeaderChecksum,
    OwnAddress { says: u64, stands_at: u64 },
    Range(&'static str),
    EntrySize { bytes: u32, count: u32 },
    EntriesChecksum,
    Partition { number: u32 },
    Overlap { first: u32, second: u32 },
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SectorSize(bytes) => write!(out, "sectors of {bytes} bytes, 512 to 4096 are supported"),
            Self::Unreadable { lba } => write!(out, "sector {lba} cannot be read"),
            Self::Signature => out.write_str("no GPT signature"),
            Self::Revision(revision) => write!(out, "revision {revision:#x}, only 0x10000 is known"),
            Self::HeaderSize(bytes) => write!(out, "a header of {bytes} bytes"),
            Self::HeaderChecksum => out.write_str("the header's checksum does not match"),
            Self::OwnAddress { says, stands_at } => {
                write!(out, "the header of sector {stands_at} says that it is sector {says}")
            }
            Self::Range(what) => write!(out, "{what} lies outside of the disk or over something else"),
            Self::EntrySize { bytes, count } => write!(out, "{count} entries of {bytes} bytes are not supported"),
            Self::EntriesChecksum => out.write_str("the entries' checksum does not match"),
            Self::Partition { number } => write!(out, "partition {number} lies outside of the usable sectors"),
            Self::Overlap { first, second } => write!(out, "partitions {first} and {second} overlap"),
        }
    }
}

/// Neither copy can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoTable {
    pub primary: Fault,
    pub backup: Fault,
}

impl fmt::Display for NoTable {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "no valid GPT (primary copy: {}; backup copy: {})", self.primary, self.backup)
    }
}

impl core::error::Error for NoTable {}
