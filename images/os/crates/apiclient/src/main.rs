//! The command line of the host API: people type it, in host containers that have the API's socket.

mod arguments;
mod commands;
mod failure;
mod output;
mod session;
mod transaction;

use arguments::Arguments;
use failure::Failure;
use std::process::ExitCode;

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("apiclient: {failure}");
            failure.exit_code()
        }
    }
}

fn run() -> Result<ExitCode, Failure> {
    let given: Vec<_> = std::env::args_os().skip(1).collect();
    let (name, mut arguments) = Arguments::split(given)?;
    let Some(name) = name else {
        return Err(Failure::Usage(format!("there is no sub-command. {}", commands::hint())));
    };
    let Some(command) = commands::find(&name) else {
        return Err(Failure::Usage(format!("{name:?} is not a sub-command. {}", commands::hint())));
    };
    arguments.describe(command);
    (command.run)(arguments)
}
