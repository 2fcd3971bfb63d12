//! The OCI runtime specification of a container (github.com/opencontainers/runtime-spec), with the mounts and rights of
//! the contract, section 7. There are no SELinux labels in it: no policy is loaded.

mod capabilities;
mod mounts;
mod process;
mod seccomp;

pub use process::ImageProcess;

use crate::{
    configuration::Configuration,
    kind::{Kind, Target},
};
use serde_json::{Value, json};

/// What a container is given of the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Powers {
    /// The API and its own directory.
    Ordinary,
    /// What it takes to prepare the host before anything else runs.
    Bootstrap,
    /// All that root on the host has.
    Super,
}

impl Powers {
    /// A bootstrap container cannot be superpowered.
    pub fn of(kind: Kind, configuration: &Configuration) -> Self {
        match kind {
            Kind::Bootstrap => Self::Bootstrap,
            Kind::Host if configuration.superpowered => Self::Super,
            Kind::Host => Self::Ordinary,
        }
    }

    /// Whether it sees the host's root file system and processes.
    fn sees_the_host(self) -> bool {
        self != Self::Ordinary
    }
}

/// Paths that tell of the host's hardware or kernel, or let it be changed.
const MASKED: [&str; 11] = [
    "/proc/acpi",
    "/proc/asound",
    "/proc/kcore",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/sched_debug",
    "/proc/scsi",
    "/proc/timer_list",
    "/proc/timer_stats",
    "/sys/devices/virtual/powercap",
    FIRMWARE,
];
const FIRMWARE: &str = "/sys/firmware";
const READ_ONLY: [&str; 5] = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

/// # Errors
/// When the image does not say what to run, or as a user that only its own files could tell the number of.
pub fn build(target: &Target, configuration: &Configuration, image: &ImageProcess) -> Result<Value, String> {
    let powers = Powers::of(target.kind, configuration);
    let allowed = capabilities::of(powers);
    let mut linux = json!({
        "resources": { "devices": [{ "allow": powers.sees_the_host(), "access": "rwm" }] },
        "cgroupsPath": format!("system.slice:{}:{}", target.kind.family(), target.name),
        "namespaces": namespaces(powers),
    });
    if powers.sees_the_host() {
        // What is mounted below /.bottlerocket/rootfs/mnt is mounted on the host, too.
        linux["rootfsPropagation"] = json!("rshared");
    }
    if powers != Powers::Super {
        let masked = MASKED.iter().filter(|path| !(powers.sees_the_host() && **path == FIRMWARE));
        linux["maskedPaths"] = masked.copied().collect();
        linux["readonlyPaths"] = json!(READ_ONLY);
        linux["seccomp"] = seccomp::profile(&allowed, powers);
    }
    Ok(json!({
        "ociVersion": "1.1.0",
        "root": { "path": "rootfs" },
        "process": process::build(image, configuration, &allowed, powers)?,
        "mounts": mounts::build(target, powers),
        "linux": linux,
    }))
}

/// All of them share the host's network.
fn namespaces(powers: Powers) -> Value {
    let common = ["ipc", "uts", "mount"];
    let own: &[&str] = if powers.sees_the_host() { &[] } else { &["pid", "cgroup"] };
    common.iter().chain(own).map(|kind| json!({ "type": kind })).collect()
}

#[cfg(test)]
mod tests;
