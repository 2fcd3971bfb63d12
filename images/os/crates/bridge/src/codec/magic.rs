//! The byte sequence that marks a beginning. Why it looks as it does: docs/bridge-protocol.md, "Bytes".

use memchr::memmem;

pub const MAGIC: [u8; 16] =
    [0xf7, 0xb0, 0x9d, 0xc8, 0xff, 0x9a, 0xe2, 0x8b, 0xd4, 0xa7, 0xfe, 0x86, 0xcb, 0x91, 0xbd, 0xe9];

pub fn find(bytes: &[u8]) -> Option<usize> {
    memmem::find(bytes, &MAGIC)
}

/// How many bytes at the end of `bytes` could be the beginning of a magic that is still arriving.
pub fn held_back(bytes: &[u8]) -> usize {
    let tail = &bytes[bytes.len().saturating_sub(MAGIC.len() - 1)..];
    // The magic's bytes are all different, so only the last F7 can begin one.
    match memchr::memrchr(MAGIC[0], tail) {
        Some(at) if MAGIC.starts_with(&tail[at..]) => tail.len() - at,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_high_and_all_different() {
        for (at, byte) in MAGIC.iter().enumerate() {
            assert!(*byte >= 0x80);
            assert!(!MAGIC[..at].contains(byte));
        }
    }

    #[test]
    fn holds_back_every_proper_prefix_and_nothing_else() {
        for length in 0..MAGIC.len() {
            let bytes = [b"data".as_slice(), &MAGIC[..length]].concat();
            assert_eq!(held_back(&bytes), length);
        }
        assert_eq!(held_back(&MAGIC), 0);
        assert_eq!(held_back(&[MAGIC[0], MAGIC[0]]), 1);
        assert_eq!(held_back(&[MAGIC[0], 0]), 0);
        assert_eq!(held_back(&MAGIC[1..]), 0);
    }
}
