//! What an ext4 file system says of itself, in its first superblock (the kernel's filesystems/ext4/globals).

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

const OFFSET_BYTES: u64 = 1024;
const MAGIC: u16 = 0xef53;
const STATE_VALID: u16 = 1;
const STATE_ERRORS: u16 = 2;
const INCOMPAT_RECOVER: u32 = 0x4;
const INCOMPAT_64BIT: u32 = 0x80;
/// 64 KiB, the largest that ext4 knows.
const MAX_LOG_BLOCK: u32 = 6;

/// How a file system was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    Clean,
    /// Its journal is to be replayed, which the kernel does as it mounts it.
    NotUnmounted,
    /// The kernel has met errors in it.
    Errors,
    NoSuperblock,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Superblock {
    pub condition: Condition,
    pub blocks: u64,
    pub block_bytes: u64,
}

impl Superblock {
    pub fn read(device: &Path) -> io::Result<Self> {
        let mut bytes = [0; 1024];
        File::open(device)?.read_exact_at(&mut bytes, OFFSET_BYTES)?;
        Ok(Self::parse(&bytes))
    }

    fn parse(bytes: &[u8; 1024]) -> Self {
        let u16_at = |at: usize| u16::from_le_bytes(bytes[at..at + 2].try_into().expect("two bytes"));
        let u32_at = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
        let (log_block, state, incompatible) = (u32_at(0x18), u16_at(0x3a), u32_at(0x60));
        if u16_at(0x38) != MAGIC || log_block > MAX_LOG_BLOCK {
            return Self { condition: Condition::NoSuperblock, blocks: 0, block_bytes: 0 };
        }
        let high = if incompatible & INCOMPAT_64BIT == 0 { 0 } else { u32_at(0x150) };
        let condition = match () {
            () if state & STATE_ERRORS != 0 || state & STATE_VALID == 0 => Condition::Errors,
            () if incompatible & INCOMPAT_RECOVER != 0 => Condition::NotUnmounted,
            () => Condition::Clean,
        };
        Self { condition, blocks: u64::from(high) << 32 | u64::from(u32_at(4)), block_bytes: 1024 << log_block }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn superblock(state: u16, incompatible: u32) -> [u8; 1024] {
        let mut bytes = [0; 1024];
        bytes[4..8].copy_from_slice(&262_144u32.to_le_bytes());
        bytes[0x18..0x1c].copy_from_slice(&2u32.to_le_bytes());
        bytes[0x38..0x3a].copy_from_slice(&MAGIC.to_le_bytes());
        bytes[0x3a..0x3c].copy_from_slice(&state.to_le_bytes());
        bytes[0x60..0x64].copy_from_slice(&incompatible.to_le_bytes());
        bytes[0x150..0x154].copy_from_slice(&1u32.to_le_bytes());
        bytes
    }

    #[test]
    fn a_file_system_says_how_it_was_left() {
        let condition = |state, incompatible| Superblock::parse(&superblock(state, incompatible)).condition;
        assert_eq!(condition(STATE_VALID, 0), Condition::Clean);
        assert_eq!(condition(STATE_VALID, INCOMPAT_RECOVER), Condition::NotUnmounted);
        assert_eq!(condition(STATE_VALID | STATE_ERRORS, INCOMPAT_RECOVER), Condition::Errors);
        assert_eq!(condition(0, 0), Condition::Errors);
        assert_eq!(Superblock::parse(&[0; 1024]).condition, Condition::NoSuperblock);
        let mut huge_blocks = superblock(STATE_VALID, 0);
        huge_blocks[0x18] = 200;
        assert_eq!(Superblock::parse(&huge_blocks).condition, Condition::NoSuperblock);
    }

    #[test]
    fn its_size_has_an_upper_half_only_where_it_says_so() {
        let small = Superblock::parse(&superblock(STATE_VALID, 0));
        assert_eq!((small.blocks, small.block_bytes), (262_144, 4096));
        assert_eq!(Superblock::parse(&superblock(STATE_VALID, INCOMPAT_64BIT)).blocks, (1 << 32) + 262_144);
    }
}
