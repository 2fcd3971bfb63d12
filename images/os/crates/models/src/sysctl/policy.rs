//! Who may write settings may change much of the machine, but must not become its kernel: no program of theirs is run as root
//! by the kernel, and what the image protects itself with stays on. Everything else is the administrator's to choose, as
//! upstream has it: also `user.max_user_namespaces`, which rootless containers need, and `kernel.panic`, since a machine that
//! stops is reset by its watchdog.

use super::path::below_proc_sys;
use std::ops::RangeInclusive;

/// Parameters, or whole directories of them, that name what the kernel runs, or end something for good (kernel's
/// admin-guide/sysctl, fs.rst and kernel.rst; admin-guide/binfmt-misc.rst).
const REFUSED: [(&str, &str); 8] = [
    ("kernel/core_pattern", "it names a program that the kernel runs as root, or where it writes as root"),
    ("kernel/modprobe", "it names a program that the kernel runs as root"),
    ("kernel/hotplug", "it names a program that the kernel runs as root"),
    ("kernel/poweroff_cmd", "it names a program that the kernel runs as root"),
    ("kernel/usermodehelper", "it gives capabilities to programs that the kernel runs as root"),
    ("fs/binfmt_misc", "it names programs that the kernel runs in place of others"),
    ("kernel/modules_disabled", "it keeps live patches and drivers out until the next boot"),
    ("kernel/ftrace_enabled", "live patches work only while it is on"),
];

/// Parameters that may be as strict as the image has them, or stricter: what the kernel command line or the kernel's
/// configuration sets for it (`images/kernel`), and defaults of the kernel whose lower values only help an attack.
const GUARDED: [(&str, RangeInclusive<i64>, &str); 12] = [
    ("kernel/kptr_restrict", 1..=2, "less shows the kernel's addresses"),
    ("kernel/dmesg_restrict", 1..=1, "less shows the kernel's messages to everyone"),
    ("kernel/yama/ptrace_scope", 1..=3, "less lets a program read the memory of others"),
    ("kernel/unprivileged_bpf_disabled", 1..=2, "less lets anyone load programs into the kernel"),
    ("kernel/perf_event_paranoid", 2..=4, "less lets anyone measure the kernel"),
    ("kernel/randomize_va_space", 2..=2, "less makes the addresses of programs predictable"),
    ("fs/suid_dumpable", 0..=0, "more writes the memory of privileged programs to files"),
    ("vm/mmap_min_addr", 4096..=i64::MAX, "less lets a fault of the kernel be used by programs"),
    ("vm/unprivileged_userfaultfd", 0..=0, "more lets anyone hold up the kernel"),
    ("vm/legacy_va_layout", 0..=0, "more makes the addresses of programs predictable"),
    ("dev/tty/ldisc_autoload", 0..=0, "more lets anyone load line disciplines"),
    ("dev/tty/legacy_tiocsti", 0..=0, "more lets a program type into the terminal of another"),
];

/// # Errors
/// Why the parameter cannot be set, or not to `value`. Which of the two separators the name uses makes no difference.
pub fn check(name: &str, value: &str) -> Result<(), String> {
    let path = below_proc_sys(name);
    let is = |guarded: &str| path.strip_prefix(guarded).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    if let Some((_, reason)) = REFUSED.iter().find(|(refused, _)| is(refused)) {
        return Err(format!("it cannot be set: {reason}"));
    }
    let Some((_, allowed, reason)) = GUARDED.iter().find(|(guarded, ..)| is(guarded)) else { return Ok(()) };
    if value.trim().parse().is_ok_and(|value| allowed.contains(&value)) {
        return Ok(());
    }
    let (least, most) = (allowed.start(), allowed.end());
    let range = match (least, most) {
        (least, most) if least == most => least.to_string(),
        (least, &i64::MAX) => format!("at least {least}"),
        (least, most) => format!("{least} to {most}"),
    };
    Err(format!("it takes {range} only, in decimal: {reason}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_of_the_kernel_are_refused_in_every_spelling() {
        for (name, reason) in REFUSED {
            for spelled in [name.to_owned(), name.replace('/', ".")] {
                let told = check(&spelled, "|/tmp/x").expect_err(&spelled);
                assert!(told.ends_with(reason), "{spelled}: {told}");
            }
        }
        for below in ["fs.binfmt_misc.register", "fs/binfmt_misc/status", "kernel.usermodehelper.bset"] {
            check(below, "1").expect_err(below);
        }
    }

    #[test]
    fn protections_may_only_become_stricter() {
        for (name, allowed, reason) in &GUARDED {
            for good in [allowed.start(), allowed.end()] {
                check(name, &good.to_string()).expect(name);
            }
            for bad in [(allowed.start() - 1).to_string(), "0x0".into(), "1 0".into(), "".into()] {
                let told = check(&name.replace('/', "."), &bad).expect_err(name);
                assert!(told.ends_with(reason), "{name}: {told}");
            }
        }
        assert!(check("kernel.kptr_restrict", "0").expect_err("less").contains("1 to 2 only"));
        assert!(check("vm.mmap_min_addr", "0").expect_err("less").contains("at least 4096 only"));
        assert!(check("kernel.dmesg_restrict", "0").expect_err("less").contains("takes 1 only"));
    }

    #[test]
    fn all_else_is_free() {
        for free in
            ["net.core.somaxconn", "kernel.core_pattern_x", "kernel.panic", "user.max_user_namespaces", "kernel"]
        {
            check(free, "0").expect(free);
        }
    }
}
