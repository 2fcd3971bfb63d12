//! The program itself on image files; what it wrote is read back with sgdisk.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::LazyLock;

const BOOT: &str = "6b636168-7420-6568-2070-6c616e657421";
const PRIVATE: &str = "440408bb-eb0b-4328-a6e5-a29038fad706";

/// An image file that goes with the test.
struct Disk {
    _directory: tempfile::TempDir,
    path: PathBuf,
}

/// sgdisk waits a second after each change, so a disk of each kind is made once.
static FRESH: LazyLock<Vec<u8>> = LazyLock::new(|| make(&[(3, "BOTTLEROCKET-BOOT-A"), (8, "BOTTLEROCKET-BOOT-B")]));
static ONE_SLOT: LazyLock<Vec<u8>> = LazyLock::new(|| make(&[(3, "BOTTLEROCKET-BOOT-A")]));

fn make(slots: &[(u32, &str)]) -> Vec<u8> {
    let disk = Disk::of(&vec![0; 16 << 20]);
    let boots = slots.iter().flat_map(|(number, label)| {
        [format!("-n{number}:0:+1M"), format!("-t{number}:{BOOT}"), format!("-c{number}:{label}")]
    });
    let private = ["-n12:0:+1M".into(), format!("-t12:{PRIVATE}"), "-c12:BOTTLEROCKET-PRIVATE".into()];
    let arguments: Vec<String> = boots.chain(private).chain(["-A3:set:48".into(), "-A3:set:56".into()]).collect();
    disk.sgdisk(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    fs::read(&disk.path).expect("readable")
}

impl Disk {
    fn of(bytes: &[u8]) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("disk");
        fs::write(&path, bytes).expect("writable");
        Self { _directory: directory, path }
    }

    fn fresh() -> Self {
        Self::of(&FRESH)
    }

    fn sgdisk(&self, arguments: &[&str]) -> String {
        let output =
            Command::new("sgdisk").args(arguments).arg(&self.path).output().expect("sgdisk (package gdisk) runs");
        String::from_utf8(output.stdout).expect("sgdisk prints text")
    }

    fn attributes(&self, number: u32) -> String {
        let printed = self.sgdisk(&["-i", &number.to_string()]);
        let line = printed.lines().find_map(|line| line.strip_prefix("Attribute flags: ")).expect("a used entry");
        line.to_lowercase()
    }

    fn signpost(&self, active: &str, command: &str) -> Output {
        let disk = self.path.to_str().expect("a text path");
        let program = env!("CARGO_BIN_EXE_signpost");
        Command::new(program).args(["--disk", disk, "--active", active, command]).output().expect("signpost runs")
    }

    fn succeeds(&self, active: &str, command: &str) -> String {
        let output = self.signpost(active, command);
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(self.sgdisk(&["--verify"]).contains("No problems found"));
        String::from_utf8(output.stdout).expect("text")
    }

    fn is_refused(&self, active: &str, command: &str, because: &str) {
        let before = fs::read(&self.path).expect("readable");
        let output = self.signpost(active, command);
        assert_eq!(output.status.code(), Some(1));
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(told.contains(because), "{told}");
        assert!(fs::read(&self.path).expect("readable") == before, "a refused {command} wrote to the disk");
    }

    fn assert_slots(&self, a: &str, b: &str) {
        assert_eq!((self.attributes(3).as_str(), self.attributes(8).as_str()), (a, b));
    }
}

/// The steps of the contract's table 2.1, with its values.
#[test]
fn an_update_and_the_next_leave_the_contracts_attributes() {
    let disk = Disk::fresh();
    disk.assert_slots("0101000000000000", "0000000000000000");
    disk.succeeds("A", "mark-successful-boot");
    disk.assert_slots("0101000000000000", "0000000000000000");
    assert_eq!(disk.attributes(12), "0200000000000000");

    disk.succeeds("A", "clear-inactive");
    disk.succeeds("A", "mark-inactive-valid");
    disk.assert_slots("0101000000000000", "0010000000000000");
    disk.succeeds("A", "upgrade-to-inactive");
    disk.assert_slots("0101000000000000", "0012000000000000");

    disk.sgdisk(&["-A8:clear:52"]); // The loader counts the try down.
    disk.succeeds("B", "mark-successful-boot");
    disk.assert_slots("0101000000000000", "0102000000000000");

    disk.succeeds("B", "clear-inactive");
    disk.assert_slots("0000000000000000", "0102000000000000");
    disk.succeeds("B", "mark-inactive-valid");
    disk.assert_slots("0010000000000000", "0102000000000000");
    disk.succeeds("B", "upgrade-to-inactive");
    disk.assert_slots("0012000000000000", "0101000000000000");
}

#[test]
fn a_rollback_returns_to_the_slot_that_succeeded_before() {
    let disk = Disk::fresh();
    disk.sgdisk(&["-A8:set:49", "-A8:set:56"]);
    disk.succeeds("B", "rollback-to-inactive");
    disk.assert_slots("0102000000000000", "0101000000000000");
}

#[test]
fn a_cancelled_upgrade_leaves_the_active_slot_ahead() {
    let disk = Disk::fresh();
    disk.sgdisk(&["-A8:set:49", "-A8:set:52"]);
    disk.succeeds("A", "cancel-upgrade");
    disk.assert_slots("0102000000000000", "0010000000000000");
}

#[test]
fn what_makes_no_sense_is_refused_and_writes_nothing() {
    let disk = Disk::fresh();
    disk.is_refused("A", "upgrade-to-inactive", "holds no valid image");
    disk.is_refused("A", "rollback-to-inactive", "could not boot");
    disk.sgdisk(&["-A8:set:49", "-A8:set:52"]);
    disk.is_refused("A", "upgrade-to-inactive", "already marked");
    disk.is_refused("A", "reboot", "unknown argument reboot");
    let one = Disk::of(&ONE_SLOT);
    one.is_refused("A", "clear-inactive", "one slot only");
    one.succeeds("A", "mark-successful-boot");
}

#[test]
fn status_tells_each_set_with_its_own_paths_whichever_is_active() {
    let disk = Disk::fresh();
    let path = disk.path.display();
    let told = disk.succeeds("B", "status");
    let lines: Vec<_> = told.lines().collect();
    assert_eq!(lines[0], format!("OS disk: {path}"));
    assert_eq!(lines[1], format!("Set A:   boot={path}3 root=none hash=none priority=1 tries_left=0 successful=true"));
    assert_eq!(lines[2], format!("Set B:   boot={path}8 root=none hash=none priority=0 tries_left=0 successful=false"));
    assert_eq!(lines[3..], ["Active:  Set B", "Next:    Set A"]);
}

#[test]
fn a_slot_is_on_trial_until_it_is_marked_successful() {
    let disk = Disk::fresh();
    assert_eq!(disk.signpost("A", "is-on-trial").status.code(), Some(2), "the shipped slot was good from the start");
    let output = disk.signpost("B", "is-on-trial");
    assert_eq!((output.status.code(), &output.stdout[..]), (Some(0), &b"slot B has not come up yet\n"[..]));
    disk.succeeds("B", "mark-successful-boot");
    assert_eq!(disk.signpost("B", "is-on-trial").status.code(), Some(2));
    fs::write(&disk.path, b"no table").expect("writable");
    assert_eq!(disk.signpost("B", "is-on-trial").status.code(), Some(255), "a lower code would be a no");
}

#[test]
fn a_success_after_a_failed_update_tells_of_it() {
    let told = |disk: &Disk| String::from_utf8(disk.signpost("A", "mark-successful-boot").stderr).expect("text");
    let disk = Disk::fresh();
    assert_eq!(told(&disk), "");
    disk.sgdisk(&["-A8:set:49"]);
    assert_eq!(told(&disk), "signpost: slot B was tried and never came up; the machine is back on slot A\n");
}

#[test]
fn a_second_marking_of_the_same_success_writes_nothing() {
    let disk = Disk::fresh();
    assert_eq!(disk.succeeds("A", "has-boot-ever-succeeded"), "");
    disk.succeeds("A", "mark-successful-boot");
    assert_eq!(disk.succeeds("A", "has-boot-ever-succeeded"), "true\n");
    let written = fs::metadata(&disk.path).and_then(|meta| meta.modified()).expect("a time");
    disk.succeeds("A", "mark-successful-boot");
    assert_eq!(fs::metadata(&disk.path).and_then(|meta| meta.modified()).expect("a time"), written);
}

#[test]
fn a_torn_copy_is_whole_again_after_the_next_change() {
    for torn in [512..1024, (16 << 20) - 512..16 << 20] {
        let disk = Disk::fresh();
        let mut bytes = fs::read(&disk.path).expect("readable");
        bytes[torn].fill(0);
        fs::write(&disk.path, &bytes).expect("writable");
        disk.succeeds("A", "mark-successful-boot");
        disk.assert_slots("0101000000000000", "0000000000000000");
    }
}

#[test]
fn rewriting_the_table_changes_no_byte_of_it() {
    let disk = Disk::fresh();
    let before = fs::read(&disk.path).expect("readable");
    disk.succeeds("A", "rewrite-table");
    assert!(fs::read(&disk.path).expect("readable") == before);
}
