//! The attribute bits of a partition entry that the boot chain uses (contract, section 2).

const PRIORITY_SHIFT: u32 = 48;
const TRIES_SHIFT: u32 = 52;
const NIBBLE: u64 = 0xf;
const SUCCESSFUL: u64 = 1 << 56;
const SLOT_BITS: u64 = NIBBLE << PRIORITY_SHIFT | NIBBLE << TRIES_SHIFT | SUCCESSFUL;

/// On PRIVATE: some boot of this machine has succeeded.
pub const EVER_SUCCEEDED: u64 = 1 << 57;

/// What a BOOT partition says about its slot. `priority` and `tries_left` are 0 to 15.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SlotFlags {
    pub priority: u8,
    pub tries_left: u8,
    pub successful: bool,
}

impl SlotFlags {
    pub const fn read(attributes: u64) -> Self {
        Self {
            priority: (attributes >> PRIORITY_SHIFT & NIBBLE) as u8,
            tries_left: (attributes >> TRIES_SHIFT & NIBBLE) as u8,
            successful: attributes & SUCCESSFUL != 0,
        }
    }

    /// `attributes` with these flags in it, every other bit as it was.
    pub const fn write(self, attributes: u64) -> u64 {
        let successful = if self.successful { SUCCESSFUL } else { 0 };
        attributes & !SLOT_BITS
            | (self.priority as u64 & NIBBLE) << PRIORITY_SHIFT
            | (self.tries_left as u64 & NIBBLE) << TRIES_SHIFT
            | successful
    }

    /// Whether this slot was given its tries and never came up: what an update leaves that was rolled back.
    pub const fn failed(self) -> bool {
        self.priority > 0 && self.tries_left == 0 && !self.successful
    }

    /// Whether the slot loader may choose this slot at all.
    pub const fn eligible(self) -> bool {
        self.priority > 0 && (self.tries_left > 0 || self.successful)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn flags(priority: u8, tries_left: u8, successful: bool) -> SlotFlags {
        SlotFlags { priority, tries_left, successful }
    }

    #[test]
    fn the_contracts_golden_values() {
        for (attributes, expected) in [
            (0x0101_0000_0000_0000, flags(1, 0, true)),
            (0x0010_0000_0000_0000, flags(0, 1, false)),
            (0x0012_0000_0000_0000, flags(2, 1, false)),
            (0x0002_0000_0000_0000, flags(2, 0, false)),
            (0x0102_0000_0000_0000, flags(2, 0, true)),
        ] {
            assert_eq!(SlotFlags::read(attributes), expected);
            assert_eq!(expected.write(0), attributes);
        }
        assert_eq!(EVER_SUCCEEDED, 0x0200_0000_0000_0000);
    }

    #[test]
    fn a_slot_without_priority_or_without_a_try_or_a_success_is_not_eligible() {
        assert!(flags(1, 0, true).eligible() && flags(1, 1, false).eligible());
        assert!(!flags(0, 1, true).eligible() && !flags(15, 0, false).eligible());
    }

    #[test]
    fn only_a_slot_that_used_up_its_tries_in_vain_has_failed() {
        assert!(flags(2, 0, false).failed());
        assert!(!flags(0, 0, false).failed() && !flags(2, 1, false).failed() && !flags(1, 0, true).failed());
    }

    proptest! {
        #[test]
        fn bits_that_are_not_ours_stay(attributes: u64, priority in 0..16u8, tries_left in 0..16u8, successful: bool) {
            let wanted = flags(priority, tries_left, successful);
            let written = wanted.write(attributes);
            prop_assert_eq!(SlotFlags::read(written), wanted);
            prop_assert_eq!(written & !SLOT_BITS, attributes & !SLOT_BITS);
        }
    }
}
