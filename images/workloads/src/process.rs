//! The few calls for which a program must promise something that the compiler can't check.
#![allow(unsafe_code)]

use nix::{
    errno::Errno,
    libc,
    sys::wait::{WaitStatus, waitpid},
    unistd::{ForkResult, fork},
};

/// A copy of this process, which does not return: it runs `child` and exits with what that gives.
pub fn fork_into(child: impl FnOnce() -> u8) -> nix::Result<nix::unistd::Pid> {
    // SAFETY: none of the callers has started a thread, so the child finds no lock that is held for ever.
    match unsafe { fork() }? {
        ForkResult::Parent { child } => Ok(child),
        ForkResult::Child => {
            let code = child();
            // SAFETY: ends the process at once; what the parent has buffered must not be written twice.
            unsafe { libc::_exit(i32::from(code)) }
        }
    }
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ending {
    Exit(u8),
    Signal(&'static str),
}

/// Runs it in a process of its own: whatever it changes of itself, or dies of, stays there.
pub fn apart(child: impl FnOnce() -> u8) -> nix::Result<Ending> {
    let pid = fork_into(child)?;
    loop {
        match waitpid(pid, None) {
            Ok(WaitStatus::Exited(_, code)) => return Ok(Ending::Exit(code as u8)),
            Ok(WaitStatus::Signaled(_, signal, _)) => return Ok(Ending::Signal(signal.as_str())),
            Ok(_) | Err(Errno::EINTR) => {}
            Err(errno) => return Err(errno),
        }
    }
}

/// A system call by its number. Pointers among the arguments are to what outlives the call, or null.
pub fn system_call(number: libc::c_long, arguments: [usize; 5]) -> nix::Result<libc::c_long> {
    let [a, b, c, d, e] = arguments;
    // SAFETY: the kernel checks each pointer; the probe passes none that the kernel could write this program's memory by.
    Errno::result(unsafe { libc::syscall(number, a, b, c, d, e) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exit_and_a_signal_are_told_apart() {
        assert_eq!(apart(|| 7), Ok(Ending::Exit(7)));
        let killed = apart(|| {
            let _ = nix::sys::signal::raise(nix::sys::signal::Signal::SIGKILL);
            0
        });
        assert_eq!(killed, Ok(Ending::Signal("SIGKILL")));
    }

    #[test]
    fn a_refused_system_call_gives_its_errno() {
        assert_eq!(system_call(libc::SYS_close, [usize::MAX, 0, 0, 0, 0]), Err(Errno::EBADF));
    }
}
