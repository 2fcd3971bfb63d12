//! Partition types and labels of the disk (contract, sections 1.1 and 1.2).

use crate::guid::Guid;
use core::fmt;

pub const BOOT_TYPE: Guid = Guid::parse("6b636168-7420-6568-2070-6c616e657421");
pub const ROOT_TYPE: Guid = Guid::parse("5526016a-1a97-4ea4-b39a-b7c8c6ca4502");
pub const HASH_TYPE: Guid = Guid::parse("598f10af-c955-4456-6a99-7720068a6cea");
pub const PRIVATE_TYPE: Guid = Guid::parse("440408bb-eb0b-4328-a6e5-a29038fad706");

pub const PRIVATE_LABEL: &str = "BOTTLEROCKET-PRIVATE";
pub const DATA_LABEL: &str = "BOTTLEROCKET-DATA";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    A,
    B,
}

impl Slot {
    pub const BOTH: [Self; 2] = [Self::A, Self::B];

    pub const fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }

    pub const fn boot_label(self) -> &'static str {
        match self {
            Self::A => "BOTTLEROCKET-BOOT-A",
            Self::B => "BOTTLEROCKET-BOOT-B",
        }
    }

    pub const fn root_label(self) -> &'static str {
        match self {
            Self::A => "BOTTLEROCKET-ROOT-A",
            Self::B => "BOTTLEROCKET-ROOT-B",
        }
    }

    pub const fn hash_label(self) -> &'static str {
        match self {
            Self::A => "BOTTLEROCKET-HASH-A",
            Self::B => "BOTTLEROCKET-HASH-B",
        }
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::A => "A",
            Self::B => "B",
        })
    }
}
