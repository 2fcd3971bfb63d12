//! The end of the road: say what was seen, leave it on the console for a while, start over.

use alloc::format;
use alloc::string::String;
use core::fmt::Write;
use core::time::Duration;
use slot_table::{Slot, Slots, Table, Which};
use uefi::prelude::*;
use uefi::println;
use uefi::runtime::{self, ResetType};

/// As long as the boot loader of the contract waits (section 1.6).
const READ_ME: Duration = Duration::from_secs(30);

/// What the table says of each slot, a line for each, after what is wrong with its copies.
pub fn overview(table: &Table) -> String {
    let mut told = String::from("no bootable slot");
    for (copy, which) in [("primary", Which::Primary), ("backup", Which::Backup)] {
        if let Some(fault) = table.fault(which) {
            let _ = write!(told, "\nsparkler: the {copy} GPT is bad: {fault}");
        }
    }
    let slots = Slots::find(table);
    for slot in Slot::BOTH {
        let line = slots.boot(slot).zip(slots.flags(slot)).map_or("has no BOOT partition".into(), |(part, flags)| {
            format!(
                "partition {}, priority {}, tries {}, successful {}",
                part.number,
                flags.priority,
                flags.tries_left,
                u8::from(flags.successful)
            )
        });
        let _ = write!(told, "\nsparkler: slot {slot}: {line}");
    }
    told
}

pub fn report_and_reset(why: &str) -> ! {
    println!("sparkler: {why}");
    println!("sparkler: starting over in {} seconds", READ_ME.as_secs());
    boot::stall(READ_ME);
    runtime::reset(ResetType::COLD, Status::ABORTED, None)
}

#[panic_handler]
fn panic(info: &core::panic::PanicInfo) -> ! {
    report_and_reset(&format!("the slot loader failed: {}", info.message()))
}
