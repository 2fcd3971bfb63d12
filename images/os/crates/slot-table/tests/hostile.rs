//! Whatever stands on the disk, reading it ends in a table or in a fault that says why.

mod support;

use proptest::prelude::*;
use slot_table::crc32::crc32;
use slot_table::{Fault, Table, Which};
use support::{MemoryDisk, slot_disk};

/// Puts `value` at `at` of the primary's header, with a checksum that matches.
fn forge(disk: &mut MemoryDisk, at: usize, value: &[u8]) {
    let header = &mut disk.bytes[512..1024];
    header[at..at + value.len()].copy_from_slice(value);
    header[16..20].fill(0);
    let crc = crc32(&header[..92]);
    header[16..20].copy_from_slice(&crc.to_le_bytes());
}

fn primary_fault(at: usize, value: &[u8]) -> Fault {
    let mut disk = slot_disk(512, 0, 0, 0);
    forge(&mut disk, at, value);
    let table = Table::read(&mut disk).expect("the backup is whole");
    table.fault(Which::Primary).expect("the primary is refused")
}

#[test]
fn a_header_that_lies_consistently_is_refused() {
    assert_eq!(primary_fault(24, &9u64.to_le_bytes()), Fault::OwnAddress { says: 9, stands_at: 1 });
    assert_eq!(primary_fault(32, &u64::MAX.to_le_bytes()), Fault::Range("the other copy"));
    assert_eq!(primary_fault(48, &u64::MAX.to_le_bytes()), Fault::Range("the usable area"));
    assert_eq!(primary_fault(72, &u64::MAX.to_le_bytes()), Fault::Range("the entries"));
    assert_eq!(primary_fault(80, &u32::MAX.to_le_bytes()), Fault::EntrySize { bytes: 128, count: u32::MAX });
    assert_eq!(primary_fault(84, &0u32.to_le_bytes()), Fault::EntrySize { bytes: 0, count: 128 });
    assert_eq!(primary_fault(88, &1u32.to_le_bytes()), Fault::EntriesChecksum);
    // The usable area may not take in BOOT-A at sector 43 only in part.
    assert_eq!(primary_fault(40, &44u64.to_le_bytes()), Fault::Partition { number: 3 });
}

#[test]
fn no_copy_at_all_is_told_with_both_reasons() {
    let mut disk = MemoryDisk { bytes: vec![0; 64 * 512], sector_size: 512 };
    let told = Table::read(&mut disk).expect_err("there is no table").to_string();
    assert_eq!(told, "no valid GPT (primary copy: no GPT signature; backup copy: no GPT signature)");
}

proptest! {
    #[test]
    fn no_header_makes_it_panic(at in 0..92usize, value: [u8; 8], both: bool) {
        let mut disk = slot_disk(512, 0, 0, 0);
        forge(&mut disk, at.min(84), &value);
        if both {
            disk.bytes[255 * 512..].fill(0);
        }
        if let Ok(table) = Table::read(&mut disk) {
            let _ = disk.with_writes(&table.rewrite());
        }
    }
}
