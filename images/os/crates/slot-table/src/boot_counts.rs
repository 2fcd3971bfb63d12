//! How often a slot that was good is started in a row without coming up, and what follows from it.
//!
//! The counts are EFI variables of one byte: the slot loader counts up, and a boot that came up sets them back. They are not
//! in the GPT, which a good slot's boot never has to write. Where Linux could not write the first one, nothing is counted:
//! a count that nobody can set back would end in leaving a slot that is good.

use crate::guid::Guid;
use crate::layout::Slot;
use alloc::vec::Vec;

/// After as many starts without coming up, the other slot is tried first. One or two could be a power failure.
pub const LIMIT: u8 = 3;

pub const VENDOR: Guid = Guid::parse("52215d5f-580b-41d2-98c5-64c51fda40f7");

/// The name of the variable; ASCII.
pub const fn variable(slot: Slot) -> &'static str {
    match slot {
        Slot::A => "SparklerBootsA",
        Slot::B => "SparklerBootsB",
    }
}

/// `order`, with the slots that stopped coming up behind all others; where all did, as it was.
pub fn stopped_coming_up_last(mut order: Vec<Slot>, count: impl Fn(Slot) -> u8) -> Vec<Slot> {
    order.sort_by_key(|slot| count(*slot) >= LIMIT);
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn order(a: u8, b: u8) -> Vec<Slot> {
        stopped_coming_up_last(vec![Slot::A, Slot::B], |slot| if slot == Slot::A { a } else { b })
    }

    #[test]
    fn a_slot_that_stopped_coming_up_is_tried_last() {
        assert_eq!(order(LIMIT, 0), [Slot::B, Slot::A]);
        assert_eq!(order(u8::MAX, LIMIT - 1), [Slot::B, Slot::A]);
    }

    #[test]
    fn fewer_failures_or_failures_of_both_change_nothing() {
        assert_eq!(order(0, 0), [Slot::A, Slot::B]);
        assert_eq!(order(LIMIT - 1, 0), [Slot::A, Slot::B]);
        assert_eq!(order(LIMIT + 1, LIMIT), [Slot::A, Slot::B]);
    }

    #[test]
    fn the_only_slot_is_tried_however_often_it_failed() {
        assert_eq!(stopped_coming_up_last(vec![Slot::B], |_| LIMIT), [Slot::B]);
    }
}
