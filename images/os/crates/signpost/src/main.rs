//! `signpost`: which slot boots next, and whether this one did well (contract, section 2).
#![forbid(unsafe_code)]

mod arguments;
mod status;

use arguments::{Arguments, Command};
use signpost::{Action, BootCounts, Target, TargetError};
use slot_table::{Slot, SlotFlags, Slots, boot_counts};
use std::process::ExitCode;

/// The answer "no" to a question, told apart from a failure (1).
const NO: u8 = 2;
/// The failure of a question that systemd asks as a condition, which takes every lower code for "no" (systemd.service(5)).
const CANNOT_TELL: u8 = 255;

fn main() -> ExitCode {
    let (failure, error) = match Arguments::parse(std::env::args().skip(1)) {
        Ok(arguments) => {
            let is_condition = arguments.command == Command::IsOnTrial;
            match run(arguments) {
                Ok(code) => return code,
                Err(error) if is_condition => (CANNOT_TELL.into(), error.to_string()),
                Err(error) => (ExitCode::FAILURE, error.to_string()),
            }
        }
        Err(usage) => (ExitCode::FAILURE, usage),
    };
    eprintln!("signpost: {error}");
    failure
}

fn run(arguments: Arguments) -> Result<ExitCode, TargetError> {
    // Firmware's counts are of the disk that this machine runs from.
    let counts = arguments.target.is_none().then(BootCounts::of_firmware);
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
                counts.map_or(Ok(()), |counts| count_anew(&target, &counts))?;
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

/// A boot came up. If the loader passed over a slot that no longer did, that becomes the order of the table, so that the
/// way back to it is a decision; then all is counted anew.
fn count_anew(target: &Target, counts: &BootCounts) -> Result<(), TargetError> {
    let (active, other) = (target.active, target.active.other());
    let times = counts.of(other);
    let flags = Slots::find(&target.table()?).flags(other);
    if times >= boot_counts::LIMIT && flags.is_some_and(|flags| flags.successful) {
        target.change(|table| Action::LeaveInactive.perform(table, active))?;
        eprintln!(
            "signpost: slot {other} was good, but did not come up {times} times in a row; the machine stays on slot {active}"
        );
    }
    for slot in Slot::BOTH {
        if let Err(cause) = counts.reset(slot) {
            eprintln!("signpost: boots of slot {slot} that don't come up are not counted: {cause}");
        }
    }
    Ok(())
}
