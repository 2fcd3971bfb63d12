//! The slot loader: chooses a slot by the attributes in the GPT, counts its try down, and starts its unified kernel image.
//!
//! It lies on the EFI system partition and is never rewritten there. It writes nothing but the GPT sectors that a counted
//! try needs. What it cannot read or load it names on the console, and goes on with the next eligible slot.
#![no_std]
#![no_main]

extern crate alloc;

mod attempt;
mod clock;
mod disk;
mod give_up;
mod handles;
mod partition;
mod variables;
mod watchdog;

use alloc::string::{String, ToString};
use clock::Clock;
use disk::Disk;
use slot_table::{Slots, Table, boot_counts};
use uefi::prelude::*;
use uefi::println;

#[entry]
fn main() -> Status {
    let clock = Clock::start();
    variables::set_time(cstr16!("LoaderTimeInitUSec"), clock.started());
    let why = boot(&clock).unwrap_or_else(|why| why);
    give_up::report_and_reset(&why)
}

/// Tries the eligible slots, best first. Returns only when none could be started, with what there is to say about it.
fn boot(clock: &Clock) -> Result<String, String> {
    let mut disk = Disk::loaded_from()?;
    let mut table = Table::read(&mut disk).map_err(|error| error.to_string())?;
    let best = Slots::find(&table).boot_order();
    let order = boot_counts::stopped_coming_up_last(best.clone(), variables::boot_count);
    if let (Some(left), Some(first)) = (best.first(), order.first())
        && left != first
    {
        println!("sparkler: slot {left} did not come up {} times in a row", boot_counts::LIMIT);
    }
    for slot in order {
        if let Err(why) = attempt::boot(slot, &mut table, &mut disk, clock) {
            println!("sparkler: slot {slot} cannot be booted: {why}");
        }
    }
    Ok(give_up::overview(&table))
}
