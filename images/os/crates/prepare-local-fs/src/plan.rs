//! Which partition goes where (contract, section 1.5).

use crate::step::{Filesystem, Step};
use crate::volume::Volume;
use root_disk::{Error, RootDisk};
use rustix::mount::MountFlags;
use slot_table::layout::{DATA_LABEL, PRIVATE_LABEL};

pub const LOCAL: &str = "/local";
const PRIVATE: &str = "/var/lib/bottlerocket";

/// The steps in the order they have to be done: /var comes from DATA, and PRIVATE is mounted inside of it.
pub fn for_disk(disk: &RootDisk) -> Result<Vec<Step>, Error> {
    // Programs of containers, and what is to run beside them, are in /var, /opt and /mnt; nowhere else is anything that
    // was written since the image was built.
    let local = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOATIME;
    let data_only = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
    let mount = |label: &str, target: &str, kind, flags| -> Result<Step, Error> {
        Ok(Step::Mount { source: disk.partition(label)?.node.clone(), target: target.into(), kind, flags })
    };
    let volume = |label: &'static str, target: &str, flags, directories: &[&str]| -> Result<Step, Error> {
        Ok(Step::Attach(Volume {
            label,
            device: disk.partition(label)?.node.clone(),
            target: target.into(),
            flags,
            directories: directories.iter().map(|path| format!("{target}/{path}").into()).collect(),
        }))
    };
    let mut steps = vec![
        volume(DATA_LABEL, LOCAL, local, &["var", "opt", "mnt", "var/lib", "var/lib/bottlerocket"])?,
        // Else what is mounted below /var would appear below /local/var, too.
        Step::StopPropagation { target: LOCAL.into() },
    ];
    for name in ["var", "opt", "mnt"] {
        steps.push(Step::Bind { source: format!("{LOCAL}/{name}").into(), target: format!("/{name}").into() });
    }
    steps.push(volume(PRIVATE_LABEL, PRIVATE, data_only | MountFlags::NOATIME, &[])?);
    steps.push(mount(disk.active_slot()?.boot_label(), "/boot", Filesystem::Vfat, data_only | MountFlags::RDONLY)?);
    // Here, because systemd's own tmp.mount calls a mount program, and this system has none.
    steps.push(Step::Mount {
        source: "tmpfs".into(),
        target: "/tmp".into(),
        kind: Filesystem::Tmpfs,
        flags: data_only,
    });
    // PID 1 has mounted these, and lets programs in them run.
    for target in ["/run", "/dev/shm"] {
        steps.push(Step::Restrict { target: target.into(), flags: data_only | MountFlags::STRICTATIME });
    }
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
                "/local/var on /var",
                "/local/opt on /opt",
                "/local/mnt on /mnt",
                "/dev/vda4 on /var/lib/bottlerocket (ext4)",
                "/dev/vda2 on /boot (vfat)",
                "tmpfs on /tmp (tmpfs)",
                "restrictions on /run",
                "restrictions on /dev/shm",
            ]
        );
    }

    #[test]
    fn nothing_can_be_executed_where_only_data_is_written_and_boot_cannot_be_written() {
        let steps = for_disk(&disk(&WHOLE)).expect("all partitions are there");
        let flags = |place: &str| {
            steps.iter().find_map(|step| match step {
                Step::Attach(Volume { target, flags, .. })
                | Step::Mount { target, flags, .. }
                | Step::Restrict { target, flags }
                    if target == Path::new(place) =>
                {
                    Some(*flags)
                }
                _ => None,
            })
        };
        let careful = MountFlags::NOSUID | MountFlags::NODEV;
        assert_eq!(flags("/local"), Some(careful | MountFlags::NOATIME));
        assert_eq!(flags(PRIVATE), Some(careful | MountFlags::NOATIME | MountFlags::NOEXEC));
        assert_eq!(flags("/boot"), Some(careful | MountFlags::NOEXEC | MountFlags::RDONLY));
        assert_eq!(flags("/tmp"), Some(careful | MountFlags::NOEXEC));
        for place in ["/run", "/dev/shm"] {
            assert_eq!(flags(place), Some(careful | MountFlags::NOEXEC | MountFlags::STRICTATIME), "{place}");
        }
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
