//! A small disk with two slots, of which A runs. Its table is made and read by sgdisk, which knows nothing of ours.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

pub const BOOT_BYTES: usize = 1 << 20;
pub const ROOT_BYTES: usize = 4 << 20;
pub const HASH_BYTES: usize = 1 << 20;
const DISK_BYTES: usize = 16 << 20;

const TYPES: [(&str, &str); 3] = [
    ("BOOT", "6b636168-7420-6568-2070-6c616e657421"),
    ("ROOT", "5526016a-1a97-4ea4-b39a-b7c8c6ca4502"),
    ("HASH", "598f10af-c955-4456-6a99-7720068a6cea"),
];
const SIZES: [usize; 3] = [BOOT_BYTES, ROOT_BYTES, HASH_BYTES];

/// Made once: sgdisk waits a second after each change.
static FRESH: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let directory = tempfile::tempdir().expect("a directory");
    let disk = Disk { path: directory.path().join("disk") };
    let mut bytes = vec![0; DISK_BYTES];
    fs::write(&disk.path, &bytes).expect("written");
    let slots = [("A", 3), ("B", 8)].into_iter().flat_map(|(slot, first)| {
        (first..).zip(TYPES.into_iter().zip(SIZES)).flat_map(move |(number, ((name, kind), size))| {
            let label = format!("-c{number}:BOTTLEROCKET-{name}-{slot}");
            [format!("-n{number}:0:+{}M", size >> 20), format!("-t{number}:{kind}"), label]
        })
    });
    disk.sgdisk(&slots.chain(["-A3:set:48".into(), "-A3:set:56".into()]).collect::<Vec<_>>());
    bytes = fs::read(&disk.path).expect("read");
    // Something in each partition, so that a write shows.
    for number in [3, 4, 5, 8, 9, 10] {
        let (start, length) = disk.extent(number);
        bytes[start..start + length].fill(number as u8);
    }
    bytes
});

pub struct Disk {
    pub path: PathBuf,
}

impl Disk {
    pub fn fresh(directory: &Path) -> Self {
        let path = directory.join("disk");
        fs::write(&path, &*FRESH).expect("written");
        Self { path }
    }

    pub fn sgdisk(&self, arguments: &[String]) -> String {
        let output = Command::new("sgdisk").args(arguments).arg(&self.path).output().expect("sgdisk (gdisk) runs");
        String::from_utf8(output.stdout).expect("text")
    }

    pub fn bytes(&self) -> Vec<u8> {
        fs::read(&self.path).expect("read")
    }

    /// The first `length` bytes of a partition.
    pub fn partition(&self, number: u32, length: usize) -> Vec<u8> {
        let start = self.extent(number).0;
        self.bytes()[start..start + length].to_vec()
    }

    /// Everything that a running slot A is made of.
    pub fn running(&self) -> Vec<u8> {
        [(3, BOOT_BYTES), (4, ROOT_BYTES), (5, HASH_BYTES)].map(|(part, size)| self.partition(part, size)).concat()
    }

    fn extent(&self, number: u32) -> (usize, usize) {
        let first = self.field(number, "First sector");
        let last = self.field(number, "Last sector");
        let sector = |text: &str| text.split(' ').next().and_then(|text| text.parse::<usize>().ok()).expect("a sector");
        (sector(&first) * 512, (sector(&last) - sector(&first) + 1) * 512)
    }

    fn field(&self, number: u32, name: &str) -> String {
        let told = self.sgdisk(&[format!("-i{number}")]);
        let line = told.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        line.unwrap_or_else(|| panic!("no {name} in {told}")).trim().to_owned()
    }

    pub fn unique_guid(&self, number: u32) -> String {
        self.field(number, "Partition unique GUID").to_lowercase()
    }

    /// Attributes of BOOT-A and BOOT-B, and that the table is whole.
    pub fn slots(&self) -> (String, String) {
        assert!(self.sgdisk(&["--verify".into()]).contains("No problems found"));
        let flags = |number| self.field(number, "Attribute flags");
        (flags(3), flags(8))
    }
}
