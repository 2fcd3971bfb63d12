use std::{
    fs,
    os::fd::{AsFd, AsRawFd},
    process::ExitCode,
};

use nix::sys::eventfd::EventFd;

use crate::{Outcome, arguments::Arguments};

/// Writes to an event descriptor so many times, and prints what the kernel says of it.
pub fn run(arguments: &Arguments) -> Outcome {
    let writes: u32 = arguments.number(0)?;
    let descriptor = EventFd::new().map_err(|error| error.to_string())?;
    for _ in 0..writes {
        descriptor.write(1).map_err(|error| error.to_string())?;
    }
    let path = format!("/proc/self/fdinfo/{}", descriptor.as_fd().as_raw_fd());
    print!("{}", fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?);
    Ok(ExitCode::SUCCESS)
}
