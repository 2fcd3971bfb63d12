//! The hash tree of a root file system, as veritysetup writes it: a superblock, then the levels of SHA-256 digests from
//! the top down (cryptsetup, docs/on-disk-format "DM-Verity").

use super::pieces;
use aws_lc_rs::digest::{Context, SHA256};
use slot_table::Guid;
use std::fmt;
use std::io::{self, Read};

const BLOCK_BYTES: usize = 4096;
const DIGEST_BYTES: usize = 32;
const DIGESTS_IN_BLOCK: usize = BLOCK_BYTES / DIGEST_BYTES;
/// For a root of 2 GiB; a tree is held in memory.
const TREE_MAX_BYTES: u64 = 32 << 20;

#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RootHash([u8; DIGEST_BYTES]);

impl RootHash {
    /// Unique GUIDs of the partitions with the data and with the tree: by these, halves of the root hash, the kernel
    /// command line finds them in whichever slot they are.
    pub fn partition_guids(&self) -> (Guid, Guid) {
        let half = |from: usize| Guid::from_written(self.0[from..from + 16].try_into().expect("sixteen bytes"));
        (half(0), half(16))
    }
}

impl fmt::Display for RootHash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

/// A tree that is consistent in itself.
pub struct Tree {
    bytes: Vec<u8>,
    salted: Context,
    /// Where the digests of the data blocks begin.
    leaves: usize,
    data_blocks: u64,
    pub root_hash: RootHash,
}

impl Tree {
    /// Reads and checks a tree.
    pub fn read(contents: impl Read) -> io::Result<Self> {
        let mut bytes = Vec::new();
        contents.take(TREE_MAX_BYTES + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > TREE_MAX_BYTES {
            return Err(io::Error::other(format!("a hash tree of more than {TREE_MAX_BYTES} bytes is not supported")));
        }
        Self::parse(bytes).map_err(io::Error::other)
    }

    fn parse(bytes: Vec<u8>) -> Result<Self, &'static str> {
        let (data_blocks, salt) = superblock(&bytes).ok_or("no superblock of dm-verity (SHA-256, blocks of 4096)")?;
        let mut salted = Context::new(&SHA256);
        salted.update(salt);
        let mut level_blocks = vec![data_blocks.div_ceil(DIGESTS_IN_BLOCK as u64)];
        while *level_blocks.last().expect("one level") > 1 {
            level_blocks.push(level_blocks[level_blocks.len() - 1].div_ceil(DIGESTS_IN_BLOCK as u64));
        }
        let all: u64 = level_blocks.iter().sum();
        if data_blocks == 0 || (bytes.len() as u64) < (1 + all) * BLOCK_BYTES as u64 {
            return Err("the hash tree is not whole");
        }
        let top = digest(&salted, &bytes[BLOCK_BYTES..2 * BLOCK_BYTES]);
        let mut level = BLOCK_BYTES;
        for pair in level_blocks.windows(2).rev() {
            let (blocks, below) = (pair[1] as usize, level + pair[1] as usize * BLOCK_BYTES);
            let digests = &bytes[level..level + blocks * BLOCK_BYTES];
            let beneath = bytes[below..][..pair[0] as usize * BLOCK_BYTES].chunks_exact(BLOCK_BYTES);
            if !beneath.zip(digests.chunks_exact(DIGEST_BYTES)).all(|(block, stored)| digest(&salted, block) == stored)
            {
                return Err("the hash tree contradicts itself");
            }
            level = below;
        }
        Ok(Self { bytes, salted, leaves: level, data_blocks, root_hash: RootHash(top) })
    }

    /// Checks that `data` is what the tree was made of.
    pub fn verify(&self, data: impl Read) -> io::Result<()> {
        let stored = self.bytes[self.leaves..].chunks_exact(DIGEST_BYTES);
        let mut stored = stored.take(self.data_blocks as usize);
        let length = pieces::each(data, |piece| {
            // What is behind the last block that the tree knows is counted.
            let good =
                piece.chunks(BLOCK_BYTES).zip(&mut stored).all(|(block, stored)| digest(&self.salted, block) == stored);
            if good { Ok(()) } else { Err(io::Error::other("the data is not what the hash tree was made of")) }
        })?;
        match self.data_blocks * BLOCK_BYTES as u64 {
            expected if expected == length => Ok(()),
            expected => Err(io::Error::other(format!("{length} bytes, and the hash tree is made for {expected}"))),
        }
    }
}

/// The number of data blocks and the salt, when the superblock is of the only kind that Sparkler's kernels are given.
fn superblock(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let block = bytes.get(..512)?;
    let u32_at = |at: usize| u32::from_le_bytes(block[at..at + 4].try_into().expect("four bytes"));
    let known = block.starts_with(b"verity\0\0")
        && (u32_at(8), u32_at(12)) == (1, 1)
        && block[32..64].starts_with(b"sha256\0")
        && (u32_at(64), u32_at(68)) == (BLOCK_BYTES as u32, BLOCK_BYTES as u32);
    let data_blocks = u64::from_le_bytes(block[72..80].try_into().expect("eight bytes"));
    let salt = block[88..].get(..usize::from(u16::from_le_bytes([block[80], block[81]])));
    let fits = data_blocks <= TREE_MAX_BYTES / DIGEST_BYTES as u64;
    salt.filter(|salt| known && fits && salt.len() <= 256).map(|salt| (data_blocks, salt))
}

fn digest(salted: &Context, block: &[u8]) -> [u8; DIGEST_BYTES] {
    let mut context = salted.clone();
    context.update(block);
    context.finish().as_ref().try_into().expect("a digest of SHA-256")
}

#[cfg(test)]
pub mod tests {
    use super::*;

    pub fn root_hash() -> RootHash {
        RootHash(std::array::from_fn(|at| at as u8))
    }
}
