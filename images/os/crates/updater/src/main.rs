//! `updater`: finds an update, writes it to the inactive slot, makes it the next to boot (contract, section 4).
//!
//! The host API starts it, one process for each command, so that a restart of the API does not end an update. It writes
//! one line to its standard output as soon as the command is found allowed, and works on; its exit status before that
//! tells why not.
#![forbid(unsafe_code)]

mod arguments;
mod command;
mod failure;
mod progress;
mod selection;
mod staging;
mod status;
mod worker;

use arguments::{Job, Places};
use command::Command;
use failure::Failure;
use signpost::TargetError;
use std::io::Write;
use std::process::ExitCode;
use worker::Worker;

/// The slots are not in a state in which this could be done; the reason is on standard error.
const SLOT_REFUSED: u8 = 68;

fn main() -> ExitCode {
    let (job, places) = match arguments::parse(std::env::args().skip(1)) {
        Ok(parsed) => parsed,
        Err(error) => {
            eprintln!("updater: {error}");
            return ExitCode::FAILURE;
        }
    };
    match job {
        Job::Run(command) => match run(command, &places) {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => {
                eprintln!("updater: {failure}");
                failure.exit_status().into()
            }
        },
        Job::RollBack => roll_back(&places),
    }
}

fn run(command: Command, places: &Places) -> Result<(), Failure> {
    let mut worker = Worker::open(places)?;
    command.check(&worker.status)?;
    worker.status.progress = None;
    worker.begin(command)?;
    // Whoever started this may be gone by now.
    let _ = writeln!(std::io::stdout(), "dispatched");
    worker.run(command)
}

fn roll_back(places: &Places) -> ExitCode {
    let done = Worker::open(places).and_then(|mut worker| match worker.roll_back() {
        Ok(()) => Ok(worker.observe().map(|()| ExitCode::SUCCESS)?),
        Err(TargetError::Refused(refused)) => {
            eprintln!("{refused}");
            Ok(SLOT_REFUSED.into())
        }
        Err(error) => Err(Failure::Failed(error.to_string())),
    });
    done.unwrap_or_else(|failure| {
        eprintln!("updater: {failure}");
        failure.exit_status().into()
    })
}
