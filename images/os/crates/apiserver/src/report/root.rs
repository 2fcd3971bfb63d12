use super::mounts::{self, Mount};
use serde::Serialize;
use std::{fs, path::Path};

/// The root file system as it is mounted.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Root {
    source: String,
    fstype: String,
    read_only: bool,
    /// Absent when the root is not on a device-mapper device.
    verity: Option<Verity>,
    /// The label of the BOOT partition that belongs to the mounted ROOT.
    #[serde(skip)]
    pub slot: Option<String>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Verity {
    device: String,
    /// What the kernel was told to verify against.
    root_hash: Option<String>,
}

pub fn describe() -> Option<Root> {
    let mount = of_root(mounts::list())?;
    let device = Path::new("/sys/dev/block").join(&mount.number);
    let verity = fs::read_to_string(device.join("dm/name")).ok().map(|name| Verity {
        device: name.trim().to_owned(),
        root_hash: fs::read_to_string("/proc/cmdline").ok().and_then(|cmdline| root_hash(&cmdline)),
    });
    let slot = partition_names(&device).iter().find_map(|name| boot_label(name));
    let read_only = is_read_only(&mount);
    Some(Root { source: mount.source, fstype: mount.fstype, read_only, verity, slot })
}

/// The last mount on `/`: it covers those before it.
fn of_root(mounts: Vec<Mount>) -> Option<Mount> {
    mounts.into_iter().rev().find(|mount| mount.target == "/")
}

/// By its file system: this service's own sandbox makes the mount read-only whatever the system's is.
fn is_read_only(mount: &Mount) -> bool {
    mount.of_file_system.iter().any(|option| option == "ro")
}

/// The ninth word after `verity` in `dm-mod.create=` (the kernel's admin-guide/device-mapper/verity).
fn root_hash(cmdline: &str) -> Option<String> {
    let (_, table) = cmdline.split_once("dm-mod.create=")?;
    table.split_whitespace().skip_while(|word| *word != "verity").nth(9).map(str::to_owned)
}

fn partition_names(device: &Path) -> Vec<String> {
    let below = fs::read_dir(device.join("slaves")).into_iter().flatten().flatten();
    let uevents = below.filter_map(|entry| fs::read_to_string(entry.path().join("uevent")).ok());
    uevents.filter_map(|uevent| Some(uevent.lines().find_map(|line| line.strip_prefix("PARTNAME="))?.into())).collect()
}

fn boot_label(root_label: &str) -> Option<String> {
    root_label.strip_prefix("BOTTLEROCKET-ROOT-").map(|slot| format!("BOTTLEROCKET-BOOT-{slot}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mount_that_covers_the_root() {
        let mountinfo = "1 1 0:2 / / rw - rootfs rootfs rw\n\
                         21 1 254:0 / / ro,relatime shared:1 - erofs /dev/dm-0 ro,user_xattr\n\
                         22 21 0:20 / /proc rw,nosuid shared:5 - proc proc rw\n";
        let mount = of_root(mounts::parse(mountinfo)).expect("a root");
        assert_eq!(
            (mount.number.as_str(), mount.fstype.as_str(), mount.source.as_str()),
            ("254:0", "erofs", "/dev/dm-0")
        );
    }

    #[test]
    fn a_root_is_read_only_when_its_file_system_is() {
        let read_only = |line| is_read_only(&of_root(mounts::parse(line)).expect("a root"));
        assert!(read_only("1 1 254:0 / / ro,relatime - erofs /dev/dm-0 ro,user_xattr"));
        assert!(!read_only("1 1 8:1 / / rw - ext4 /dev/sda1 rw,errors=remount-ro"));
        assert!(!read_only("1 1 8:1 / / ro,relatime - ext4 /dev/sda1 rw"));
    }

    #[test]
    fn the_root_hash_is_on_the_command_line() {
        let cmdline = "root=/dev/dm-0 ro dm-mod.create=\"root,,,ro,0 800 verity 1 PARTUUID=a PARTUUID=b 4096 4096 100 1 \
                       sha256 abc123 5a17 1 restart_on_corruption\" quiet\n";
        assert_eq!(root_hash(cmdline).as_deref(), Some("abc123"));
        assert_eq!(root_hash("root=/dev/sda1"), None);
    }

    #[test]
    fn a_root_belongs_to_the_boot_of_its_slot() {
        assert_eq!(boot_label("BOTTLEROCKET-ROOT-B").as_deref(), Some("BOTTLEROCKET-BOOT-B"));
        assert_eq!(boot_label("BOTTLEROCKET-HASH-B"), None);
    }
}
