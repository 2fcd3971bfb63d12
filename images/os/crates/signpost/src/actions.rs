//! What each command does to the flags, and when it refuses to (contract, section 2).

use slot_table::{Slot, SlotFlags, Slots, Table};
use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    MarkSuccessfulBoot,
    ClearInactive,
    MarkInactiveValid,
    UpgradeToInactive,
    CancelUpgrade,
    RollbackToInactive,
    /// Stays on the running slot, though the other one had the higher priority: it was good, and stopped coming up.
    LeaveInactive,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    ActiveNotAvailable,
    InactiveNotAvailable,
    InactiveAlreadyMarked,
    InactiveNotValid,
    InactiveInvalidRollback,
}

impl Action {
    /// Changes `table`, on which the slot `active` runs. A refusal leaves it as it was.
    pub fn perform(self, table: &mut Table, active: Slot) -> Result<(), Refused> {
        let slots = Slots::find(table);
        let mut running = slots.flags(active).ok_or(Refused::ActiveNotAvailable)?;
        let other = || slots.flags(active.other()).ok_or(Refused::InactiveNotAvailable);
        match self {
            Self::MarkSuccessfulBoot => {
                running.successful = true;
                table.set_ever_succeeded();
            }
            Self::ClearInactive => {
                other()?;
                table.set_flags(active.other(), SlotFlags::default());
            }
            Self::MarkInactiveValid => table.set_flags(active.other(), SlotFlags { tries_left: 1, ..other()? }),
            Self::UpgradeToInactive => {
                running.priority = 1;
                table.set_flags(active.other(), SlotFlags { priority: 2, ..upgradable(other()?)? });
            }
            Self::CancelUpgrade => {
                running.priority = 2;
                table.set_flags(active.other(), SlotFlags { priority: 0, ..other()? });
            }
            Self::RollbackToInactive => {
                running.priority = 1;
                table.set_flags(active.other(), SlotFlags { priority: 2, ..bootable(other()?)? });
            }
            Self::LeaveInactive => {
                running.priority = 2;
                table.set_flags(active.other(), SlotFlags { priority: 1, ..other()? });
            }
        }
        table.set_flags(active, running);
        Ok(())
    }
}

fn upgradable(flags: SlotFlags) -> Result<SlotFlags, Refused> {
    match flags {
        SlotFlags { priority: 0, tries_left: 0, successful: false } => Err(Refused::InactiveNotValid),
        SlotFlags { priority: 0, successful: false, .. } => Ok(flags),
        _ => Err(Refused::InactiveAlreadyMarked),
    }
}

/// A slot that once succeeded may be rolled back to whatever its priority: the roll-back gives it one.
fn bootable(flags: SlotFlags) -> Result<SlotFlags, Refused> {
    let could_boot = flags.successful || (flags.priority > 0 && flags.tries_left > 0);
    could_boot.then_some(flags).ok_or(Refused::InactiveInvalidRollback)
}

impl fmt::Display for Refused {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::ActiveNotAvailable => "the active slot has no BOOT partition on this disk",
            Self::InactiveNotAvailable => "this disk has one slot only, there is no inactive one to change",
            Self::InactiveAlreadyMarked => "the inactive slot is already marked for boot; cancel or clear it first",
            Self::InactiveNotValid => "the inactive slot holds no valid image; write one and mark it valid first",
            Self::InactiveInvalidRollback => "the inactive slot could not boot: it never succeeded and has no try left",
        })
    }
}

impl std::error::Error for Refused {}
