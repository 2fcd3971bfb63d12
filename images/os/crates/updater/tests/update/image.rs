//! Small images: a root, its hash tree as veritysetup makes it, and a BOOT that asks for both.

use crate::disk::ROOT_BYTES;
use aws_lc_rs::digest::{SHA256, digest};
use lz4_flex::frame::{FrameEncoder, FrameInfo};
use std::io::Write;

const BLOCK: usize = 4096;
const SALT: [u8; 32] = [0x5a; 32];

pub struct Image {
    pub boot: Vec<u8>,
    pub root: Vec<u8>,
    pub hash: Vec<u8>,
    /// 64 hexadecimal digits.
    pub root_hash: String,
}

impl Image {
    /// An image whose content depends on `version`.
    pub fn of(version: &str) -> Self {
        // Enough blocks for two levels of digests, and pieces of several sizes.
        Self::with_root((0..300 * BLOCK).map(|at| version.as_bytes()[at % version.len()] ^ (at / 7) as u8).collect())
    }

    pub fn too_large() -> Self {
        Self::with_root(vec![1; ROOT_BYTES + BLOCK])
    }

    fn with_root(root: Vec<u8>) -> Self {
        let mut levels = vec![digests(&root)];
        while levels[levels.len() - 1].len() > BLOCK {
            levels.push(digests(&levels[levels.len() - 1]));
        }
        let top = levels.last().expect("a level");
        let root_hash: String = salted(top).iter().map(|byte| format!("{byte:02x}")).collect();
        let mut hash = superblock(root.len() / BLOCK);
        hash.extend(levels.iter().rev().flatten());
        let boot = [&b"\0\0console=ttyS0 dm-mod.create=sha256 "[..], root_hash.as_bytes(), b" -- "].concat();
        Self { boot, root, hash, root_hash }
    }

    /// The two halves of the root hash, as GUIDs are written.
    pub fn guids(&self) -> (String, String) {
        let guid =
            |hex: &str| format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]);
        (guid(&self.root_hash[..32]), guid(&self.root_hash[32..]))
    }
}

fn salted(block: &[u8]) -> Vec<u8> {
    digest(&SHA256, &[&SALT, block].concat()).as_ref().to_vec()
}

/// The digests of all blocks, filled up to whole blocks.
fn digests(data: &[u8]) -> Vec<u8> {
    let mut level: Vec<u8> = data.chunks(BLOCK).flat_map(salted).collect();
    level.resize(level.len().next_multiple_of(BLOCK), 0);
    level
}

fn superblock(data_blocks: usize) -> Vec<u8> {
    let mut block = vec![0; BLOCK];
    block[..8].copy_from_slice(b"verity\0\0");
    block[8] = 1;
    block[12] = 1;
    block[32..38].copy_from_slice(b"sha256");
    block[64..68].copy_from_slice(&4096_u32.to_le_bytes());
    block[68..72].copy_from_slice(&4096_u32.to_le_bytes());
    block[72..80].copy_from_slice(&(data_blocks as u64).to_le_bytes());
    block[80] = 32;
    block[88..120].copy_from_slice(&SALT);
    block
}

pub fn compress(contents: &[u8], announce: bool) -> Vec<u8> {
    let frame = FrameInfo::new().content_size(announce.then_some(contents.len() as u64));
    let mut encoder = FrameEncoder::with_frame_info(frame, Vec::new());
    encoder.write_all(contents).expect("written");
    encoder.finish().expect("a frame")
}
