//! What the operating system can learn about its loading, by the names of the Boot Loader Interface that systemd reads.

use alloc::format;
use alloc::vec::Vec;
use uefi::runtime::{self, VariableAttributes, VariableVendor};
use uefi::{CStr16, guid};

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
