use std::process::ExitCode;

use nix::{
    sys::{
        signal::Signal,
        wait::{WaitPidFlag, WaitStatus, waitpid},
    },
    unistd::Pid,
};

use super::take;
use crate::{Outcome, arguments::Arguments};

pub const SIGNALS: [Signal; 3] = [Signal::SIGTERM, Signal::SIGINT, Signal::SIGCHLD];

/// Rests until SIGTERM or SIGINT. As the first process of a pod it takes the exit codes of whatever was orphaned there.
pub fn run(_: &Arguments) -> Outcome {
    let signals = take(&SIGNALS)?;
    loop {
        match signals.wait().map_err(|errno| format!("cannot wait for signals: {errno}"))? {
            Signal::SIGCHLD => reap(),
            _ => return Ok(ExitCode::SUCCESS),
        }
    }
}

/// One signal may stand for the end of many processes.
fn reap() {
    while let Ok(status) = waitpid(Pid::from_raw(-1), Some(WaitPidFlag::WNOHANG)) {
        if status == WaitStatus::StillAlive {
            return;
        }
    }
}
