use super::Powers;

/// What containers have by default (containerd's and Docker's list).
const ORDINARY: [&str; 14] = [
    "CAP_AUDIT_WRITE",
    "CAP_CHOWN",
    "CAP_DAC_OVERRIDE",
    "CAP_FOWNER",
    "CAP_FSETID",
    "CAP_KILL",
    "CAP_MKNOD",
    "CAP_NET_BIND_SERVICE",
    "CAP_NET_RAW",
    "CAP_SETFCAP",
    "CAP_SETGID",
    "CAP_SETPCAP",
    "CAP_SETUID",
    "CAP_SYS_CHROOT",
];

/// Mount file systems, change the network, load modules, read audit rules (contract, section 7).
const BOOTSTRAP: [&str; 4] = ["CAP_AUDIT_CONTROL", "CAP_NET_ADMIN", "CAP_SYS_ADMIN", "CAP_SYS_MODULE"];

/// With those above, all that a kernel knows (capability.h, up to 40).
const OTHERS: [&str; 23] = [
    "CAP_AUDIT_READ",
    "CAP_BLOCK_SUSPEND",
    "CAP_BPF",
    "CAP_CHECKPOINT_RESTORE",
    "CAP_DAC_READ_SEARCH",
    "CAP_IPC_LOCK",
    "CAP_IPC_OWNER",
    "CAP_LEASE",
    "CAP_LINUX_IMMUTABLE",
    "CAP_MAC_ADMIN",
    "CAP_MAC_OVERRIDE",
    "CAP_NET_BROADCAST",
    "CAP_PERFMON",
    "CAP_SYSLOG",
    "CAP_SYS_BOOT",
    "CAP_SYS_NICE",
    "CAP_SYS_PACCT",
    "CAP_SYS_PTRACE",
    "CAP_SYS_RAWIO",
    "CAP_SYS_RESOURCE",
    "CAP_SYS_TIME",
    "CAP_SYS_TTY_CONFIG",
    "CAP_WAKE_ALARM",
];

pub fn of(powers: Powers) -> Vec<&'static str> {
    let mut all = ORDINARY.to_vec();
    match powers {
        Powers::Ordinary => {}
        Powers::Bootstrap => all.extend(BOOTSTRAP),
        Powers::Super => all.extend(BOOTSTRAP.iter().chain(&OTHERS)),
    }
    all.sort_unstable();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_superpowered_have_every_capability_once() {
        let mut all = of(Powers::Super);
        all.dedup();
        assert_eq!(all.len(), 41);
    }
}
