//! Discovery in a sysfs laid out as Linux lays it out: `class/block` and `slaves` hold links into `devices`.

use root_disk::{Error, RootDisk};
use slot_table::Slot;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

const LABELS: [&str; 5] =
    ["BOTTLEROCKET-BOOT-A", "BOTTLEROCKET-ROOT-A", "BOTTLEROCKET-HASH-A", "BOTTLEROCKET-ROOT-B", "BOTTLEROCKET-HASH-B"];

fn add_disk(sys: &Path, disk: &str) {
    for (number, label) in (1..).zip(LABELS) {
        let part = sys.join(format!("devices/{disk}/{disk}{number}"));
        fs::create_dir_all(&part).expect("a directory");
        fs::write(part.join("partition"), format!("{number}\n")).expect("a file");
        let uevent = format!("DEVNAME={disk}{number}\nDEVTYPE=partition\nPARTN={number}\nPARTNAME={label}\n");
        fs::write(part.join("uevent"), uevent).expect("a file");
    }
    fs::create_dir(sys.join(format!("devices/{disk}/queue"))).expect("a directory");
}

/// A sysfs with two disks alike, and the root on these partitions.
fn sysfs(root_on: &[&str]) -> tempfile::TempDir {
    let sys = tempfile::tempdir().expect("a directory");
    add_disk(sys.path(), "vda");
    add_disk(sys.path(), "vdb");
    let dm = sys.path().join("devices/virtual/dm-0");
    fs::create_dir_all(dm.join("slaves")).expect("a directory");
    fs::create_dir_all(sys.path().join("class/block")).expect("a directory");
    symlink(&dm, sys.path().join("class/block/dm-0")).expect("a link");
    for part in root_on {
        symlink(sys.path().join(format!("devices/{}/{part}", &part[..3])), dm.join("slaves").join(part))
            .expect("a link");
    }
    sys
}

fn discover(root_on: &[&str]) -> Result<RootDisk, Error> {
    RootDisk::discover(sysfs(root_on).path(), Path::new("/dev"))
}

#[test]
fn the_disk_below_the_root_is_found_and_no_other() {
    let disk = discover(&["vdb2", "vdb3"]).expect("the root lies on one disk");
    assert_eq!(disk.node, Path::new("/dev/vdb"));
    assert_eq!(disk.partitions.len(), LABELS.len());
    assert_eq!(disk.partition("BOTTLEROCKET-BOOT-A").expect("it is there").node, Path::new("/dev/vdb1"));
}

#[test]
fn the_active_slot_is_the_one_below_the_root() {
    assert_eq!(discover(&["vda2", "vda3"]).expect("one disk").active_slot().expect("a slot"), Slot::A);
    assert_eq!(discover(&["vda4", "vda5"]).expect("one disk").active_slot().expect("a slot"), Slot::B);
}

#[test]
fn what_is_missing_is_named() {
    let disk = discover(&["vda1"]).expect("one disk");
    let told = disk.active_slot().expect_err("no ROOT below").to_string();
    assert_eq!(told, "the root device dm-0 lies on no partition of /dev/vda that is labelled as a ROOT");
    let told = disk.partition("BOTTLEROCKET-DATA").expect_err("no DATA").to_string();
    assert_eq!(told, "disk /dev/vda has no partition labelled BOTTLEROCKET-DATA");
}

#[test]
fn a_root_over_two_disks_or_none_is_refused() {
    assert!(matches!(discover(&["vda2", "vdb3"]), Err(Error::NotOnOneDisk { devices }) if devices.len() == 2));
    assert!(matches!(discover(&[]), Err(Error::NotOnOneDisk { devices }) if devices.is_empty()));
}
