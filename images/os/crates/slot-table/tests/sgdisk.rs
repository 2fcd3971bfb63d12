//! Tables made by sgdisk, the tool that image builders use, and sgdisk's judgement of what we write.

mod support;

use slot_table::{Slot, SlotFlags, Slots, Table, Which, layout, plan};
use std::process::Command;
use support::MemoryDisk;

/// Runs sgdisk on `disk` and returns what it printed; a complaint of its own fails the test.
fn sgdisk(disk: &mut MemoryDisk, arguments: &[&str]) -> String {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), &disk.bytes).expect("the temporary file is writable");
    let output = Command::new("sgdisk")
        .args(arguments)
        .arg(file.path())
        .output()
        .expect("sgdisk runs; on Debian it is in the package gdisk");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "sgdisk {arguments:?}: {printed}");
    disk.bytes = std::fs::read(file.path()).expect("the temporary file is readable");
    printed
}

fn made_by_sgdisk() -> MemoryDisk {
    let mut disk = MemoryDisk { bytes: vec![0; 16 << 20], sector_size: 512 };
    let types = [(3, Slot::A, layout::BOOT_TYPE), (8, Slot::B, layout::BOOT_TYPE)];
    let mut arguments: Vec<String> = types
        .iter()
        .flat_map(|(number, slot, kind)| {
            [
                format!("--new={number}:0:+1M"),
                format!("--typecode={number}:{kind}"),
                format!("--change-name={number}:{}", slot.boot_label()),
            ]
        })
        .collect();
    arguments.extend(["--new=12:0:+1M".into(), format!("--typecode=12:{}", layout::PRIVATE_TYPE)]);
    arguments.extend([format!("--change-name=12:{}", layout::PRIVATE_LABEL), "--attributes=3:set:48".into()]);
    arguments.push("--attributes=3:set:56".into());
    sgdisk(&mut disk, &arguments.iter().map(String::as_str).collect::<Vec<_>>());
    disk
}

fn assert_verified(disk: &mut MemoryDisk) {
    let verdict = sgdisk(disk, &["--verify"]);
    assert!(verdict.contains("No problems found"), "{verdict}");
}

#[test]
fn its_tables_are_read() {
    let table = Table::read(&mut made_by_sgdisk()).expect("sgdisk makes good tables");
    let slots = Slots::find(&table);
    assert_eq!(slots.flags(Slot::A), Some(SlotFlags { priority: 1, tries_left: 0, successful: true }));
    assert_eq!(slots.flags(Slot::B), Some(SlotFlags::default()));
    assert_eq!(slots.boot_order(), [Slot::A]);
    assert!(!slots.ever_succeeded());
    assert_eq!((table.fault(Which::Primary), table.fault(Which::Backup)), (None, None));
}

#[test]
fn it_finds_no_fault_in_what_we_write() {
    let mut disk = made_by_sgdisk();
    let mut table = Table::read(&mut disk).expect("sgdisk makes good tables");
    table.set_flags(Slot::B, SlotFlags { priority: 2, tries_left: 1, successful: false });
    table.set_ever_succeeded();
    plan::perform(&table.changes(), &mut disk).expect("the disk takes it");
    assert_verified(&mut disk);
    assert!(sgdisk(&mut disk, &["--info=8"]).contains("Attribute flags: 0012000000000000"));
    assert!(sgdisk(&mut disk, &["--info=12"]).contains("Attribute flags: 0200000000000000"));
}

#[test]
fn a_lost_copy_is_restored_as_it_was() {
    for lost in [1..34, 32768 - 33..32768] {
        let whole = made_by_sgdisk();
        let mut disk = whole.clone();
        disk.bytes[lost.start * 512..lost.end * 512].fill(0xff);
        let table = Table::read(&mut disk).expect("the other copy is whole");
        plan::perform(&table.changes(), &mut disk).expect("the disk takes it");
        assert_eq!(disk, whole);
        assert_verified(&mut disk);
    }
}

#[test]
fn a_disk_that_was_grown_keeps_its_backup_where_it_is() {
    let mut disk = made_by_sgdisk();
    disk.bytes.resize(24 << 20, 0);
    let mut table = Table::read(&mut disk).expect("both copies are whole");
    assert_eq!(table.fault(Which::Backup), None);
    table.set_ever_succeeded();
    let before = disk.clone();
    plan::perform(&table.changes(), &mut disk).expect("the disk takes it");
    assert_eq!(disk.bytes[16 << 20..], before.bytes[16 << 20..]);
    assert!(Slots::find(&Table::read(&mut disk).expect("both copies are whole")).ever_succeeded());
}

#[test]
fn it_finds_no_fault_in_a_disk_that_was_grown_to_its_end() {
    let mut disk = made_by_sgdisk();
    disk.bytes.resize(24 << 20, 0xee);
    let table = Table::read(&mut disk).expect("both copies are whole");
    let last = table.partitions().max_by_key(|part| part.first_lba).expect("it has partitions");
    let steps = table.grow(last.number, (22 << 11) - 1, (24 << 11) - 1).expect("there is room");
    plan::perform(&steps, &mut disk).expect("the disk takes it");
    assert_verified(&mut disk);
    let printed = sgdisk(&mut disk, &[&format!("--info={}", last.number)]);
    assert!(printed.contains("Last sector: 45055"), "{printed}");
}
