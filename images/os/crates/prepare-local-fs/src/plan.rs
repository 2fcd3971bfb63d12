//! Which partition goes where (contract, section 1.5).

use crate::step::{Filesystem, Step};
use root_disk::{Error, RootDisk};
use rustix::mount::MountFlags;
use slot_table::layout::{DATA_LABEL, PRIVATE_LABEL};

const LOCAL: &str = "/local";
const PRIVATE: &str = "/var/lib/bottlerocket";

/// The steps in the order they have to be done: /var comes from DATA, and PRIVATE is mounted inside of it.
pub fn for_disk(disk: &RootDisk) -> Result<Vec<Step>, Error> {
    let local = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOATIME;
    let boot = MountFlags::RDONLY | MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
    let mount = |label: &str, target: &str, kind, flags| -> Result<Step, Error> {
        Ok(Step::Mount { source: disk.partition(label)?.node.clone(), target: target.into(), kind, flags })
    };
    let mut steps = vec![
        mount(DATA_LABEL, LOCAL, Filesystem::Ext4, local)?,
        // Else what is mounted below /var would appear below /local/var, too.
        Step::StopPropagation { target: LOCAL.into() },
    ];
    for name in ["var", "opt", "mnt"] {
        let source = format!("{LOCAL}/{name}");
        steps.push(Step::MakeDirectory { path: source.clone().into() });
        steps.push(Step::Bind { source: source.into(), target: format!("/{name}").into() });
    }
    steps.push(Step::MakeDirectory { path: "/var/lib".into() });
    steps.push(Step::MakeDirectory { path: PRIVATE.into() });
    steps.push(mount(PRIVATE_LABEL, PRIVATE, Filesystem::Ext4, local | MountFlags::NOEXEC)?);
    steps.push(mount(disk.active_slot()?.boot_label(), "/boot", Filesystem::Vfat, boot)?);
    // Here, because systemd's own tmp.mount calls a mount program, and this system has none.
    let scratch = MountFlags::NOSUID | MountFlags::NODEV;
    steps.push(Step::Mount { source: "tmpfs".into(), target: "/tmp".into(), kind: Filesystem::Tmpfs, flags: scratch });
    Ok(steps)
}

#[cfg(test)]
mod tests {
    use super::*;
    use root_disk::Partition;
    use std::path::Path;

    fn disk(labels: &[&str]) -> RootDisk {
        let part = |(number, label): (u32, &&str)| Partition {
            number,
            label: (*label).into(),
            node: format!("/dev/vda{number}").into(),
        };
        let partitions = (1..).zip(labels).map(part).collect();
        RootDisk { node: "/dev/vda".into(), partitions, below_root: vec![3] }
    }

    const WHOLE: [&str; 5] = [
        "BOTTLEROCKET-BOOT-A",
        "BOTTLEROCKET-BOOT-B",
        "BOTTLEROCKET-ROOT-B",
        "BOTTLEROCKET-PRIVATE",
        "BOTTLEROCKET-DATA",
    ];

    #[test]
    fn every_partition_has_its_place_and_private_comes_after_var() {
        let steps = for_disk(&disk(&WHOLE)).expect("all partitions are there");
        let places: Vec<_> = steps.iter().map(ToString::to_string).collect();
        assert_eq!(
            places,
            [
                "/dev/vda5 on /local (ext4)",
                "/local on its own",
                "directory /local/var",
                "/local/var on /var",
                "directory /local/opt",
                "/local/opt on /opt",
                "directory /local/mnt",
                "/local/mnt on /mnt",
                "directory /var/lib",
                "directory /var/lib/bottlerocket",
                "/dev/vda4 on /var/lib/bottlerocket (ext4)",
                "/dev/vda2 on /boot (vfat)",
                "tmpfs on /tmp (tmpfs)",
            ]
        );
    }

    #[test]
    fn nothing_on_private_can_be_executed_and_boot_cannot_be_written() {
        let steps = for_disk(&disk(&WHOLE)).expect("all partitions are there");
        let flags = |place: &str| {
            steps.iter().find_map(|step| match step {
                Step::Mount { target, flags, .. } if target == Path::new(place) => Some(*flags),
                _ => None,
            })
        };
        let careful = MountFlags::NOSUID | MountFlags::NODEV;
        assert_eq!(flags("/local"), Some(careful | MountFlags::NOATIME));
        assert_eq!(flags(PRIVATE), Some(careful | MountFlags::NOATIME | MountFlags::NOEXEC));
        assert_eq!(flags("/boot"), Some(careful | MountFlags::NOEXEC | MountFlags::RDONLY));
    }

    #[test]
    fn a_missing_partition_is_named_with_its_disk() {
        for missing in ["BOTTLEROCKET-BOOT-B", "BOTTLEROCKET-PRIVATE", "BOTTLEROCKET-DATA"] {
            let labels = WHOLE.map(|label| if label == missing { "SOMETHING-ELSE" } else { label });
            let told = for_disk(&disk(&labels)).expect_err("it is missing").to_string();
            assert_eq!(told, format!("disk /dev/vda has no partition labelled {missing}"));
        }
    }
}
