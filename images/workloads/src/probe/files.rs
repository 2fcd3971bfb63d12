use std::{
    ffi::CString,
    fs::{self, File, OpenOptions, read_dir},
    io::{self, Read},
};

use nix::{errno::Errno, libc};

use super::Attempt;
use crate::process::system_call;

const NODE: &str = "/tmp/probe-disk";

/// What would change the kernel or the host for all.
const WRITTEN: &[&str] = &[
    "/proc/sys/kernel/core_pattern",
    "/proc/sys/kernel/modprobe",
    "/proc/sys/vm/panic_on_oom",
    "/proc/sysrq-trigger",
    "/proc/irq/0/smp_affinity",
    "/proc/bus/pci/devices",
    "/sys/kernel/uevent_helper",
    "/sys/kernel/mm/ksm/run",
    "/sys/fs/cgroup/cgroup.procs",
    "/sys/fs/cgroup/memory.max",
    "/dev/mem",
    "/dev/kmsg",
    "/dev/vda",
    "/dev/watchdog",
];

/// What tells about the kernel, the host or other containers. An empty file tells nothing.
const READ: &[&str] = &[
    "/proc/kcore",
    "/proc/keys",
    "/proc/timer_list",
    "/proc/latency_stats",
    "/proc/sched_debug",
    "/dev/mem",
    "/dev/kmsg",
    "/dev/vda",
    "/run/api.sock",
    "/run/containerd/containerd.sock",
    "/var/run/docker.sock",
];

/// Directories that are hidden: an empty one tells nothing.
const LISTED: &[&str] =
    &["/proc/acpi", "/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap", "/sys/kernel/debug"];

pub fn attempts() -> Vec<Attempt> {
    let written = WRITTEN.iter().map(|path| Attempt::new(format!("write {path}"), || open_to_write(path)));
    let read = READ.iter().map(|path| Attempt::new(format!("read {path}"), || read_some(path)));
    let listed = LISTED.iter().map(|path| Attempt::new(format!("list {path}"), || list(path)));
    let disk = Attempt::new("open a disk by a node made for it", open_disk_by_own_node);
    written.chain(read).chain(listed).chain([disk]).collect()
}

/// A container may make nodes of devices; what they lead to is another matter.
fn open_disk_by_own_node() -> nix::Result<()> {
    let numbers = fs::read_to_string("/sys/class/block/vda/dev").map_err(errno_of)?;
    let (major, minor) = numbers.trim().split_once(':').ok_or(Errno::ENODEV)?;
    let number = |text: &str| text.parse().map_err(|_| Errno::ENODEV);
    let device = libc::makedev(number(major)?, number(minor)?);
    let path = CString::new(NODE).map_err(|_| Errno::EINVAL)?;
    let mode = libc::S_IFBLK | 0o600;
    let arguments = [libc::AT_FDCWD as usize, path.as_ptr() as usize, mode as usize, device as usize, 0];
    system_call(libc::SYS_mknodat, arguments)?;
    let opened = File::open(NODE).map(drop).map_err(errno_of);
    fs::remove_file(NODE).map_err(errno_of)?;
    opened
}

/// Opening decides, and harms nobody where it is allowed.
fn open_to_write(path: &str) -> nix::Result<()> {
    OpenOptions::new().write(true).open(path).map(drop).map_err(errno_of)
}

fn read_some(path: &str) -> nix::Result<()> {
    let mut byte = [0];
    match File::open(path).and_then(|mut file| file.read(&mut byte)).map_err(errno_of)? {
        0 => Err(Errno::ENODATA),
        _ => Ok(()),
    }
}

fn list(path: &str) -> nix::Result<()> {
    match read_dir(path).map_err(errno_of)?.next() {
        None => Err(Errno::ENODATA),
        Some(_) => Ok(()),
    }
}

fn errno_of(error: io::Error) -> Errno {
    error.raw_os_error().map_or(Errno::UnknownErrno, Errno::from_raw)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_to_read_is_a_refusal() {
        assert_eq!(read_some("/dev/null"), Err(Errno::ENODATA));
        assert_eq!(read_some("/proc/self/status"), Ok(()));
        assert_eq!(read_some("/nowhere"), Err(Errno::ENOENT));
    }
}
