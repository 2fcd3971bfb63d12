//! Something large, a piece at a time.

use std::io::{self, Read};

/// Small enough to keep twice, large enough that a disk is not asked for every block.
pub const PIECE_BYTES: usize = 1 << 20;

/// Reads `from` to its end, and shows it in pieces of [`PIECE_BYTES`] but for the last; returns how many bytes those were.
pub fn each(mut from: impl Read, mut see: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<u64> {
    let mut buffer = Vec::with_capacity(PIECE_BYTES);
    let mut seen = 0;
    loop {
        buffer.clear();
        from.by_ref().take(PIECE_BYTES as u64).read_to_end(&mut buffer)?;
        if buffer.is_empty() {
            return Ok(seen);
        }
        see(&buffer)?;
        seen += buffer.len() as u64;
    }
}
