//! EFI variables: what the operating system can learn about its loading, by the names of the Boot Loader Interface that
//! systemd reads, and the counts of boots that did not come up.

use alloc::format;
use alloc::vec::Vec;
use slot_table::{Slot, boot_counts};
use uefi::runtime::{self, VariableAttributes, VariableVendor};
use uefi::{CStr16, CString16, Guid, guid};

const VENDOR: VariableVendor = VariableVendor(guid!("4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"));

/// Sets a text for as long as the machine is on. Nothing depends on it, so firmware that refuses is not asked twice.
pub fn set_text(name: &CStr16, text: &str) {
    let bytes: Vec<u8> = text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
    let attributes = VariableAttributes::BOOTSERVICE_ACCESS | VariableAttributes::RUNTIME_ACCESS;
    let _ = runtime::set_variable(name, &VENDOR, attributes, &bytes);
}

/// Sets a time since power-on in microseconds; one that is not known is not told.
pub fn set_time(name: &CStr16, microseconds: Option<u64>) {
    if let Some(microseconds) = microseconds {
        set_text(name, &format!("{microseconds}"));
    }
}

/// How often the slot was started since a boot came up; 0 where nobody counts.
pub fn boot_count(slot: Slot) -> u8 {
    counted(slot).unwrap_or_default()
}

/// Counts a start, for good. Only the running system makes the variable: where it can't, nothing is counted.
pub fn count_boot(slot: Slot) {
    let (Some(count), Ok(name)) = (counted(slot), CString16::try_from(boot_counts::variable(slot))) else {
        return;
    };
    let attributes =
        VariableAttributes::BOOTSERVICE_ACCESS | VariableAttributes::RUNTIME_ACCESS | VariableAttributes::NON_VOLATILE;
    let _ = runtime::set_variable(&name, &counts_vendor(), attributes, &[count.saturating_add(1)]);
}

fn counted(slot: Slot) -> Option<u8> {
    let name = CString16::try_from(boot_counts::variable(slot)).ok()?;
    let mut value = [0; 1];
    let (value, _) = runtime::get_variable(&name, &counts_vendor(), &mut value).ok()?;
    value.first().copied()
}

fn counts_vendor() -> VariableVendor {
    VariableVendor(Guid::from_bytes(boot_counts::VENDOR.0))
}
