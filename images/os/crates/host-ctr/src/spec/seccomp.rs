//! Which system calls a container may make: like containerd's and Docker's default profile, for 64-bit programs only and
//! without io_uring, which containerd 2 and Docker 25 leave out, too.

use super::Powers;
use serde_json::{Value, json};

const SYSCALLS: &str = include_str!("syscalls.txt");

const ARCHITECTURE: &str = if cfg!(target_arch = "aarch64") { "SCMP_ARCH_AARCH64" } else { "SCMP_ARCH_X86_64" };
/// What the C library needs of its processor.
const OF_ARCHITECTURE: &[&str] = if cfg!(target_arch = "aarch64") { &[] } else { &["arch_prctl", "modify_ldt"] };

/// What a capability allows is of no use to those without it, but a surface of the kernel all the same.
const WITH_CAPABILITY: [(&str, &[&str]); 3] = [
    (
        "CAP_SYS_ADMIN",
        &[
            "bpf",
            "clone",
            "clone3",
            "fanotify_init",
            "fsconfig",
            "fsmount",
            "fsopen",
            "fspick",
            "mount",
            "mount_setattr",
            "move_mount",
            "open_tree",
            "perf_event_open",
            "quotactl",
            "quotactl_fd",
            "setdomainname",
            "sethostname",
            "setns",
            "syslog",
            "umount2",
            "unshare",
        ],
    ),
    ("CAP_SYS_CHROOT", &["chroot"]),
    ("CAP_SYS_MODULE", &["delete_module", "finit_module", "init_module"]),
];

const AF_VSOCK: u32 = 40;
/// `CLONE_NEW*` of clone(2): cgroup, ipc, mount, network, pid, user, uts.
const NEW_NAMESPACES: u64 = 0x7e02_0000;
/// Personalities of programs for today's Linux: plain, with fixed addresses or the old order of memory, and the question
/// which one it is.
const PERSONALITIES: [u64; 5] = [0, 0x0008, 0x2_0000, 0x2_0008, 0xffff_ffff];
const ENOSYS: u32 = 38;

pub fn profile(capabilities: &[&str], powers: Powers) -> Value {
    let lines = SYSCALLS.lines().filter(|line| !line.starts_with('#'));
    let mut names: Vec<_> = lines.flat_map(str::split_whitespace).chain(OF_ARCHITECTURE.iter().copied()).collect();
    for (capability, calls) in WITH_CAPABILITY {
        if capabilities.contains(&capability) {
            names.extend(calls);
        }
    }
    if powers == Powers::Bootstrap {
        names.extend(["swapon", "swapoff"]);
    }
    let mut rules = vec![
        json!({ "names": names, "action": "SCMP_ACT_ALLOW" }),
        if_argument("socket", "SCMP_CMP_NE", AF_VSOCK.into(), 0),
    ];
    rules.extend(PERSONALITIES.map(|value| if_argument("personality", "SCMP_CMP_EQ", value, 0)));
    if !capabilities.contains(&"CAP_SYS_ADMIN") {
        rules.push(if_argument("clone", "SCMP_CMP_MASKED_EQ", NEW_NAMESPACES, 0));
        // Its flags are in memory, where a filter cannot look. The C library then takes clone.
        rules.push(json!({ "names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": ENOSYS }));
    }
    json!({ "defaultAction": "SCMP_ACT_ERRNO", "architectures": [ARCHITECTURE], "syscalls": rules })
}

/// Allows a call for some values of its first argument.
fn if_argument(name: &str, comparison: &str, value: u64, second: u64) -> Value {
    let argument = json!({ "index": 0, "value": value, "valueTwo": second, "op": comparison });
    json!({ "names": [name], "action": "SCMP_ACT_ALLOW", "args": [argument] })
}
