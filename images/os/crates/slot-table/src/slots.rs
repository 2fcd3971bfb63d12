//! The two boot slots of a table, and the order in which they are tried.

use crate::entry::Partition;
use crate::flags::{EVER_SUCCEEDED, SlotFlags};
use crate::layout::{BOOT_TYPE, PRIVATE_LABEL, PRIVATE_TYPE, Slot};
use crate::table::Table;
use alloc::vec::Vec;

/// The partitions that carry slot attributes. A disk made for one slot only has no `b`.
#[derive(Clone, Debug)]
pub struct Slots {
    a: Option<Partition>,
    b: Option<Partition>,
    private: Option<Partition>,
}

impl Slots {
    pub fn find(table: &Table) -> Self {
        Self {
            a: table.find(BOOT_TYPE, Slot::A.boot_label()),
            b: table.find(BOOT_TYPE, Slot::B.boot_label()),
            private: table.find(PRIVATE_TYPE, PRIVATE_LABEL),
        }
    }

    /// The BOOT partition of a slot.
    pub fn boot(&self, slot: Slot) -> Option<&Partition> {
        match slot {
            Slot::A => self.a.as_ref(),
            Slot::B => self.b.as_ref(),
        }
    }

    pub fn private(&self) -> Option<&Partition> {
        self.private.as_ref()
    }

    pub fn flags(&self, slot: Slot) -> Option<SlotFlags> {
        self.boot(slot).map(|part| SlotFlags::read(part.attributes))
    }

    pub fn ever_succeeded(&self) -> bool {
        self.private.as_ref().is_some_and(|part| part.attributes & EVER_SUCCEEDED != 0)
    }

    /// Eligible slots, best first: the higher priority, and A before B where they are equal (contract, section 2).
    pub fn boot_order(&self) -> Vec<Slot> {
        let mut order: Vec<_> =
            Slot::BOTH.into_iter().filter(|slot| self.flags(*slot).is_some_and(SlotFlags::eligible)).collect();
        order.sort_by_key(|slot| core::cmp::Reverse(self.flags(*slot).map(|flags| flags.priority)));
        order
    }
}

impl Table {
    /// Changes the flags of `slot`; a slot that the disk does not have stays so.
    pub fn set_flags(&mut self, slot: Slot, flags: SlotFlags) {
        if let Some(part) = Slots::find(self).boot(slot) {
            self.set_attributes(part.number, flags.write(part.attributes));
        }
    }

    /// Records on PRIVATE that a boot of this machine has succeeded.
    pub fn set_ever_succeeded(&mut self) {
        if let Some(part) = Slots::find(self).private() {
            self.set_attributes(part.number, part.attributes | EVER_SUCCEEDED);
        }
    }
}
