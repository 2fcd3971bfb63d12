//! One try of one slot.

use crate::clock::Clock;
use crate::disk::Disk;
use crate::{partition, variables, watchdog};
use alloc::format;
use alloc::string::String;
use slot_table::{Slot, SlotFlags, Slots, Table, plan};
use uefi::boot::LoadImageSource;
use uefi::prelude::*;
use uefi::println;
use uefi::proto::BootPolicy;

/// Counts the try, then loads and starts the slot's image. The `Ok` case is its operating system running, so there is only
/// the error: why it does not.
pub fn boot(slot: Slot, table: &mut Table, disk: &mut Disk, clock: &Clock) -> Result<(), String> {
    let slots = Slots::find(table);
    let (Some(part), Some(found)) = (slots.boot(slot), slots.flags(slot)) else {
        return Err("it has no BOOT partition".into());
    };
    let flags = count_down(slot, found, table, disk)?;
    let image = partition::image_on(disk, part)?;
    let source = LoadImageSource::FromDevicePath { device_path: &image, boot_policy: BootPolicy::ExactMatch };
    let loaded = boot::load_image(boot::image_handle(), source)
        .map_err(|error| format!("its image cannot be loaded ({})", error.status()))?;
    println!(
        "sparkler: slot {slot} (priority {}, tries {}, successful {})",
        flags.priority,
        flags.tries_left,
        u8::from(flags.successful)
    );
    variables::set_text(cstr16!("LoaderDevicePartUUID"), &format!("{}", part.unique_guid));
    variables::set_text(cstr16!("LoaderInfo"), concat!("sparkler-slot-loader ", env!("CARGO_PKG_VERSION")));
    variables::set_time(cstr16!("LoaderTimeExecUSec"), clock.now());
    // One on trial has its tries in the GPT.
    if flags.successful {
        variables::count_boot(slot);
    }
    watchdog::start();
    let returned = boot::start_image(loaded);
    // It runs on; what comes now must not pay for the time that the image took.
    watchdog::start();
    match returned {
        Ok(()) => Err("its image returned".into()),
        Err(error) => Err(format!("its image returned ({})", error.status())),
    }
}

/// Takes one try off, on the disk, before anything of the slot runs. A try that cannot be counted is not given, or a bad
/// image could be started without end; only a slot that has proved itself is started all the same.
fn count_down(slot: Slot, found: SlotFlags, table: &mut Table, disk: &mut Disk) -> Result<SlotFlags, String> {
    if found.tries_left == 0 {
        return Ok(found);
    }
    let counted = SlotFlags { tries_left: found.tries_left - 1, ..found };
    table.set_flags(slot, counted);
    match plan::perform(&table.changes(), disk) {
        Ok(()) => Ok(counted),
        Err(error) if found.successful => {
            println!("sparkler: cannot count a try of slot {slot} ({}); it succeeded before", error.status());
            Ok(found)
        }
        Err(error) => Err(format!("a try of it cannot be counted ({})", error.status())),
    }
}
