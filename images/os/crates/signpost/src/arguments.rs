//! The command line.

use signpost::{Action, Target};
use slot_table::Slot;
use std::path::PathBuf;

const USAGE: &str = "usage: signpost [--disk PATH --active A|B] COMMAND
COMMAND is one of: status, mark-successful-boot, clear-inactive, mark-inactive-valid, upgrade-to-inactive,
cancel-upgrade, rollback-to-inactive, has-boot-ever-succeeded, is-on-trial, rewrite-table";

#[derive(Debug, PartialEq, Eq)]
pub struct Arguments {
    /// `None`: the disk and the slot that this machine runs from.
    pub target: Option<Target>,
    pub command: Command,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    Status,
    HasBootEverSucceeded,
    IsOnTrial,
    RewriteTable,
    Change(Action),
}

impl Command {
    fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "status" => Self::Status,
            "has-boot-ever-succeeded" => Self::HasBootEverSucceeded,
            "is-on-trial" => Self::IsOnTrial,
            "rewrite-table" => Self::RewriteTable,
            "mark-successful-boot" => Self::Change(Action::MarkSuccessfulBoot),
            "clear-inactive" => Self::Change(Action::ClearInactive),
            "mark-inactive-valid" => Self::Change(Action::MarkInactiveValid),
            "upgrade-to-inactive" => Self::Change(Action::UpgradeToInactive),
            "cancel-upgrade" => Self::Change(Action::CancelUpgrade),
            "rollback-to-inactive" => Self::Change(Action::RollbackToInactive),
            _ => return None,
        })
    }
}

impl Arguments {
    /// Reads what follows the program's name; the error is a message with the usage.
    pub fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let (mut disk, mut active, mut command) = (None, None, None);
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("{argument} needs a value\n{USAGE}"));
            match argument.as_str() {
                "--disk" => disk = Some(PathBuf::from(value()?)),
                "--active" => active = Some(parse_slot(&value()?)?),
                name if command.is_none() => {
                    command = Some(Command::parse(name).ok_or_else(|| format!("unknown argument {name}\n{USAGE}"))?);
                }
                extra => return Err(format!("one command at a time, {extra} is the second\n{USAGE}")),
            }
        }
        let target = match (disk, active) {
            (Some(disk), Some(active)) => Some(Target { disk, active }),
            (None, None) => None,
            _ => return Err(format!("--disk and --active belong together\n{USAGE}")),
        };
        Ok(Self { target, command: command.ok_or_else(|| format!("no command\n{USAGE}"))? })
    }
}

fn parse_slot(text: &str) -> Result<Slot, String> {
    match text {
        "A" => Ok(Slot::A),
        "B" => Ok(Slot::B),
        other => Err(format!("--active {other}: a slot is A or B\n{USAGE}")),
    }
}
