//! A disk that was made larger, and a power cut while its last partition gets the room.

mod support;

use proptest::prelude::*;
use slot_table::{NoGrowth, Slots, Step, Table, Which};
use support::{MemoryDisk, slot_disk};

const FRESH: u64 = 0x0101_0000_0000_0000;
const LAST: u32 = 12;
const GROWN_SECTORS: u64 = 400;

/// Where the last partition ends on the larger disk: in the last sector that may be used.
fn new_end(disk: &MemoryDisk) -> u64 {
    GROWN_SECTORS - 2 - disk.sectors_of_entries()
}

fn larger(sector_size: usize) -> MemoryDisk {
    let mut disk = slot_disk(sector_size, FRESH, 0, 0);
    // What was there before the disk was grown is anything, a table of somebody else's for instance.
    disk.bytes.resize(GROWN_SECTORS as usize * sector_size, 0xee);
    disk
}

fn growth(disk: &MemoryDisk) -> Vec<Step> {
    let table = Table::read(&mut disk.clone()).expect("one copy is whole");
    table.grow(LAST, new_end(disk), GROWN_SECTORS - 1).expect("there is room")
}

fn last_lba(disk: &MemoryDisk) -> u64 {
    let table = Table::read(&mut disk.clone()).expect("one copy is whole");
    table.partitions().find(|part| part.number == LAST).expect("it is still there").last_lba
}

#[test]
fn the_partition_ends_where_it_was_told_and_the_backup_is_at_the_end_of_the_disk() {
    for size in [512, 4096] {
        let disk = larger(size);
        let grown = disk.with_writes(&growth(&disk));
        let table = Table::read(&mut grown.clone()).expect("both copies are whole");
        assert_eq!((table.fault(Which::Primary), table.fault(Which::Backup)), (None, None));
        assert_eq!(last_lba(&grown), new_end(&disk));
        assert_eq!(table.changes(), []);
        // Without the primary the backup is looked for in the last sector.
        let mut headless = grown.clone();
        headless.bytes[size..2 * size].fill(0);
        assert_eq!(last_lba(&headless), new_end(&disk));
        assert_eq!(Slots::find(&table).flags(slot_table::Slot::A), Some(slot_table::SlotFlags::read(FRESH)));
    }
}

#[test]
fn what_cannot_be_is_refused() {
    let mut disk = larger(512);
    let table = Table::read(&mut disk).expect("the disk is good");
    let end = GROWN_SECTORS - 1;
    assert_eq!(table.grow(7, 300, end), Err(NoGrowth::NoSuchPartition));
    assert_eq!(table.grow(3, 300, end), Err(NoGrowth::NotTheLast { other: 8 }));
    assert_eq!(table.grow(LAST, 40, end), Err(NoGrowth::OutOfRange { last_lba: 40 }));
    assert_eq!(table.grow(LAST, end - 32, end), Err(NoGrowth::OutOfRange { last_lba: end - 32 }));
    let mut small = slot_disk(512, FRESH, 0, 0);
    small.bytes[512] ^= 1;
    let headless = Table::read(&mut small).expect("the backup is whole");
    assert_eq!(headless.grow(LAST, 52, 255), Err(NoGrowth::NoPrimary));
}

proptest! {
    #[test]
    fn a_cut_leaves_the_partition_as_it_was_or_grown(four_k: bool, cut in 0..80usize, chosen: [bool; 80]) {
        let disk = larger(if four_k { 4096 } else { 512 });
        let (before, after) = (last_lba(&disk), new_end(&disk));
        let steps = growth(&disk);
        let cut = cut.min(steps.len());
        let durable = steps[..cut].iter().rposition(|step| *step == Step::Flush).map_or(0, |flush| flush + 1);
        let pending = steps[durable..cut].iter().zip(chosen).filter(|(_, chosen)| *chosen).map(|(step, _)| step);
        let left = disk.with_writes(steps[..durable].iter().chain(pending));
        let end = last_lba(&left);
        prop_assert!(end == before || end == after);
        // Whoever comes next brings it to its end: grows it, or mends the primary.
        let table = Table::read(&mut left.clone()).expect("one copy is whole");
        let mended = if end == before { left.with_writes(&growth(&left)) } else { left.with_writes(&table.changes()) };
        prop_assert_eq!(mended, disk.with_writes(&steps));
    }
}
