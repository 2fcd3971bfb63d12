//! `signpost`: which slot boots next, and whether this one did well (contract, section 2).
#![forbid(unsafe_code)]

mod arguments;
mod status;

use arguments::{Arguments, Command};
use signpost::{Action, Target, TargetError};
use slot_table::{SlotFlags, Slots};
use std::process::ExitCode;

/// The answer "no" to a question, told apart from a failure (1).
const NO: u8 = 2;

fn main() -> ExitCode {
    match Arguments::parse(std::env::args().skip(1)).and_then(|it| run(it).map_err(|error| error.to_string())) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("signpost: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<ExitCode, TargetError> {
    let target = arguments.target.map_or_else(Target::discover, Ok)?;
    match arguments.command {
        Command::Status => {
            print!("{}", status::Status { disk: &target.disk, table: &target.table()?, active: target.active })
        }
        Command::HasBootEverSucceeded if Slots::find(&target.table()?).ever_succeeded() => println!("true"),
        Command::HasBootEverSucceeded => {}
        Command::IsOnTrial => return is_on_trial(&target),
        Command::RewriteTable => target.rewrite()?,
        Command::Change(action) => {
            target.change(|table| action.perform(table, target.active))?;
            if action == Action::MarkSuccessfulBoot {
                tell_of_a_rollback(&target)?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Whether the running slot was never marked successful, so that a restart leads back to the other one.
fn is_on_trial(target: &Target) -> Result<ExitCode, TargetError> {
    let flags = Slots::find(&target.table()?).flags(target.active);
    if flags.is_none_or(|flags| flags.successful) {
        return Ok(NO.into());
    }
    println!("slot {} has not come up yet", target.active);
    Ok(ExitCode::SUCCESS)
}

/// The flags are all that a slot which failed leaves behind; they stay until the next update clears them.
fn tell_of_a_rollback(target: &Target) -> Result<(), TargetError> {
    let (active, other) = (target.active, target.active.other());
    if Slots::find(&target.table()?).flags(other).is_some_and(SlotFlags::failed) {
        eprintln!("signpost: slot {other} was tried and never came up; the machine is back on slot {active}");
    }
    Ok(())
}
