//! GUIDs in the byte order GPT stores them in: the first three groups little-endian, the rest as written.

use core::fmt;

#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Guid(pub [u8; 16]);

/// Where the bytes of the written form, from left to right, stand in the stored form.
const STORED_AT: [usize; 16] = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];

impl Guid {
    pub const ZERO: Self = Self([0; 16]);

    /// The GUID whose written form has the digits of `bytes`, from left to right.
    pub const fn from_written(bytes: [u8; 16]) -> Self {
        let mut stored = [0; 16];
        let mut nth = 0;
        while nth < 16 {
            stored[STORED_AT[nth]] = bytes[nth];
            nth += 1;
        }
        Self(stored)
    }

    /// Reads `6b636168-7420-6568-2070-6c616e657421`. Meant for constants: a wrong text does not compile there.
    pub const fn parse(text: &str) -> Self {
        let text = text.as_bytes();
        assert!(text.len() == 36, "a GUID is written with 36 characters");
        let mut bytes = [0; 16];
        let (mut at, mut nth) = (0, 0);
        while nth < 16 {
            if matches!(at, 8 | 13 | 18 | 23) {
                assert!(text[at] == b'-', "a GUID is written in groups of 8-4-4-4-12 digits");
                at += 1;
            }
            bytes[nth] = hex_digit(text[at]) << 4 | hex_digit(text[at + 1]);
            at += 2;
            nth += 1;
        }
        Self::from_written(bytes)
    }
}

const fn hex_digit(character: u8) -> u8 {
    match character {
        b'0'..=b'9' => character - b'0',
        b'a'..=b'f' => character - b'a' + 10,
        b'A'..=b'F' => character - b'A' + 10,
        _ => panic!("a GUID is written in hexadecimal digits"),
    }
}

impl fmt::Display for Guid {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, at) in STORED_AT.iter().enumerate() {
            if matches!(nth, 4 | 6 | 8 | 10) {
                out.write_str("-")?;
            }
            write!(out, "{:02x}", self.0[*at])?;
        }
        Ok(())
    }
}

impl fmt::Debug for Guid {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use proptest::prelude::*;

    #[test]
    fn the_efi_system_partition_type_has_its_known_bytes() {
        let esp = Guid::parse("c12a7328-f81f-11d2-ba4b-00a0c93ec93b");
        assert_eq!(esp.0[..8], [0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11]);
        assert_eq!(esp.0[8..], [0xba, 0x4b, 0x00, 0xa0, 0xc9, 0x3e, 0xc9, 0x3b]);
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(bytes: [u8; 16]) {
            prop_assert_eq!(Guid::parse(&Guid(bytes).to_string()), Guid(bytes));
        }
    }
}
