use std::ffi::CStr;

use nix::libc;

use super::Attempt;
use crate::process::system_call;

const NONE: usize = 0;
/// No descriptor, no address: where nothing refuses the call, the kernel refuses this, and does no harm.
const BAD: usize = usize::MAX;

pub fn attempts() -> Vec<Attempt> {
    namespaces().into_iter().chain(kernel()).chain(host()).chain(other_processes()).collect()
}

fn namespaces() -> Vec<Attempt> {
    let text = |text: &'static CStr| text.as_ptr() as usize;
    let unshared = |name, flag: libc::c_int| call(name, libc::SYS_unshare, [flag as usize, NONE, NONE, NONE, NONE]);
    vec![
        unshared("unshare user namespace", libc::CLONE_NEWUSER),
        unshared("unshare mount namespace", libc::CLONE_NEWNS),
        unshared("unshare network namespace", libc::CLONE_NEWNET),
        unshared("unshare pid namespace", libc::CLONE_NEWPID),
        call("setns", libc::SYS_setns, [BAD, NONE, NONE, NONE, NONE]),
        call("mount", libc::SYS_mount, [text(c"tmpfs"), text(c"/tmp"), text(c"tmpfs"), NONE, NONE]),
        call("umount", libc::SYS_umount2, [text(c"/proc"), libc::MNT_DETACH as usize, NONE, NONE, NONE]),
        call("pivot_root", libc::SYS_pivot_root, [text(c"/"), text(c"/"), NONE, NONE, NONE]),
        call("fsopen", libc::SYS_fsopen, [text(c"tmpfs"), NONE, NONE, NONE, NONE]),
        call("open_tree", libc::SYS_open_tree, [BAD, text(c"/"), 1, NONE, NONE]),
        call("move_mount", libc::SYS_move_mount, [BAD, text(c""), BAD, text(c"/"), NONE]),
        call("open_by_handle_at", libc::SYS_open_by_handle_at, [BAD, BAD, NONE, NONE, NONE]),
    ]
}

fn kernel() -> Vec<Attempt> {
    vec![
        call("init_module", libc::SYS_init_module, [BAD, 1, BAD, NONE, NONE]),
        call("finit_module", libc::SYS_finit_module, [BAD, BAD, NONE, NONE, NONE]),
        call("delete_module", libc::SYS_delete_module, [BAD, NONE, NONE, NONE, NONE]),
        call("kexec_load", libc::SYS_kexec_load, [NONE, BAD, NONE, NONE, NONE]),
        call("kexec_file_load", libc::SYS_kexec_file_load, [BAD, BAD, NONE, NONE, NONE]),
        call("bpf", libc::SYS_bpf, [NONE, BAD, 128, NONE, NONE]),
        call("perf_event_open", libc::SYS_perf_event_open, [BAD, NONE, BAD, BAD, NONE]),
        call("userfaultfd", libc::SYS_userfaultfd, [NONE; 5]),
        call("io_uring_setup", libc::SYS_io_uring_setup, [1, BAD, NONE, NONE, NONE]),
        call("syslog", libc::SYS_syslog, [10, NONE, NONE, NONE, NONE]),
    ]
}

fn host() -> Vec<Attempt> {
    let nowhere = c"/nowhere".as_ptr() as usize;
    vec![
        call("reboot", libc::SYS_reboot, [NONE; 5]),
        call("swapon", libc::SYS_swapon, [nowhere, NONE, NONE, NONE, NONE]),
        call("swapoff", libc::SYS_swapoff, [nowhere, NONE, NONE, NONE, NONE]),
        call("acct", libc::SYS_acct, [nowhere, NONE, NONE, NONE, NONE]),
        call("quotactl", libc::SYS_quotactl, [NONE; 5]),
        call("clock_settime", libc::SYS_clock_settime, [NONE, BAD, NONE, NONE, NONE]),
        call("settimeofday", libc::SYS_settimeofday, [BAD, NONE, NONE, NONE, NONE]),
        call("sethostname", libc::SYS_sethostname, [c"probe".as_ptr() as usize, 5, NONE, NONE, NONE]),
        call("packet socket", libc::SYS_socket, [libc::AF_PACKET as usize, libc::SOCK_RAW as usize, NONE, NONE, NONE]),
        call("vsock socket", libc::SYS_socket, [libc::AF_VSOCK as usize, libc::SOCK_STREAM as usize, NONE, NONE, NONE]),
    ]
}

fn other_processes() -> Vec<Attempt> {
    vec![
        call("add_key", libc::SYS_add_key, [BAD, BAD, NONE, NONE, NONE]),
        call("request_key", libc::SYS_request_key, [BAD, BAD, NONE, NONE, NONE]),
        call("keyctl", libc::SYS_keyctl, [NONE, NONE, NONE, NONE, NONE]),
        call("process_vm_readv of a kernel thread", libc::SYS_process_vm_readv, [2, NONE, NONE, NONE, NONE]),
        call("kcmp", libc::SYS_kcmp, [1, 2, NONE, NONE, NONE]),
    ]
}

fn call(name: &str, number: libc::c_long, arguments: [usize; 5]) -> Attempt {
    Attempt::new(name, move || system_call(number, arguments).map(drop))
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::errno::Errno;

    #[test]
    fn what_nothing_refuses_does_no_harm() {
        let read = call("read", libc::SYS_read, [BAD, BAD, 1, NONE, NONE]);
        assert_eq!((read.run)(), Err(Errno::EBADF));
    }
}
