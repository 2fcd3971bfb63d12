//! A power cut or a bad sector never costs more than one copy, and never invents a third state.

mod support;

use proptest::prelude::*;
use slot_table::{Slot, SlotFlags, Slots, Step, Table, Which};
use support::{MemoryDisk, slot_disk};

const FRESH: u64 = 0x0101_0000_0000_0000;
const STAGED: u64 = 0x0012_0000_0000_0000;

fn flags(disk: &MemoryDisk) -> (SlotFlags, SlotFlags) {
    let slots = Slots::find(&Table::read(&mut disk.clone()).expect("one copy is whole"));
    (slots.flags(Slot::A).expect("BOOT-A is there"), slots.flags(Slot::B).expect("BOOT-B is there"))
}

fn counted_down(disk: &MemoryDisk) -> Vec<Step> {
    let mut table = Table::read(&mut disk.clone()).expect("one copy is whole");
    table.set_flags(Slot::B, SlotFlags { priority: 2, tries_left: 0, successful: false });
    table.changes()
}

fn sector_sizes() -> impl Strategy<Value = usize> {
    prop_oneof![Just(512usize), Just(4096)]
}

#[test]
fn a_changed_attribute_is_one_sector_of_entries_and_the_header_backup_first() {
    let disk = slot_disk(512, FRESH, STAGED, 0);
    let lbas: Vec<_> = counted_down(&disk)
        .iter()
        .map(|step| match step {
            Step::Write { lba, .. } => Some(*lba),
            Step::Flush => None,
        })
        .collect();
    // Partition 8 is the last of the four in the second sector of entries.
    assert_eq!(lbas, [Some(255 - 32 + 1), Some(255), None, Some(2 + 1), Some(1), None]);
}

#[test]
fn nothing_changed_is_nothing_to_write() {
    let table = Table::read(&mut slot_disk(4096, FRESH, STAGED, 0)).expect("the disk is good");
    assert_eq!(table.changes(), []);
}

#[test]
fn a_valid_primary_wins_over_a_backup_that_says_something_else_and_both_end_up_alike() {
    let disk = slot_disk(512, FRESH, STAGED, 0);
    let cut = disk.with_writes(&counted_down(&disk)[..2]);
    assert_eq!(flags(&cut).1.tries_left, 1);
    let table = Table::read(&mut cut.clone()).expect("the disk is good");
    assert_eq!(cut.with_writes(&table.changes()), disk);
}

proptest! {
    #[test]
    fn a_cut_leaves_the_state_before_or_after(size in sector_sizes(), cut in 0..6usize, chosen: [bool; 6]) {
        let disk = slot_disk(size, FRESH, STAGED, 0);
        let steps = counted_down(&disk);
        let durable = steps[..cut].iter().rposition(|step| *step == Step::Flush).map_or(0, |flush| flush + 1);
        let pending = steps[durable..cut].iter().zip(chosen).filter(|(_, chosen)| *chosen).map(|(step, _)| step);
        let after = disk.with_writes(steps[..durable].iter().chain(pending));
        prop_assert!([1, 0].contains(&flags(&after).1.tries_left));
        prop_assert_eq!(flags(&after).0, SlotFlags::read(FRESH));
        // And whoever comes next brings it to its end.
        prop_assert_eq!(after.with_writes(&counted_down(&after)), disk.with_writes(&steps));
    }

    #[test]
    fn one_bad_byte_in_a_copy_is_found_and_mended(size in sector_sizes(), primary: bool, header: bool, at in 0..92usize, bit in 0..8u32) {
        let disk = slot_disk(size, FRESH, STAGED, 0);
        let lba = match (primary, header) {
            (true, true) => 1,
            (true, false) => 2,
            (false, true) => 255,
            (false, false) => 255 - disk.sectors_of_entries(),
        };
        let mut bad = disk.clone();
        bad.bytes[lba as usize * size + at] ^= 1 << bit;
        let table = Table::read(&mut bad).expect("the other copy is whole");
        let (hurt, whole) = if primary { (Which::Primary, Which::Backup) } else { (Which::Backup, Which::Primary) };
        prop_assert!(table.fault(hurt).is_some() && table.fault(whole).is_none());
        prop_assert_eq!(table.trusted(), whole);
        prop_assert_eq!(flags(&bad), flags(&disk));
        prop_assert_eq!(bad.with_writes(&table.changes()), disk);
    }

    #[test]
    fn the_order_is_the_rule_of_the_contract(a: u64, b: u64) {
        let slots = Slots::find(&Table::read(&mut slot_disk(512, a, b, 0)).expect("the disk is good"));
        let mut best = (0, None);
        for (slot, flags) in [(Slot::A, SlotFlags::read(a)), (Slot::B, SlotFlags::read(b))] {
            if (flags.tries_left > 0 || flags.successful) && flags.priority > best.0 {
                best = (flags.priority, Some(slot));
            }
        }
        prop_assert_eq!(slots.boot_order().first().copied(), best.1);
    }
}
