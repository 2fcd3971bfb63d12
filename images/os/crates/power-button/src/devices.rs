//! Which input devices have a power key, by sysfs: there is no udev to tag them.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::Path;

use crate::event::KEY_POWER;

/// Names such as `event0` of the devices whose key bitmap holds the power key.
pub fn power_buttons(class_input: &Path) -> io::Result<Vec<OsString>> {
    let mut buttons = Vec::new();
    for entry in fs::read_dir(class_input)? {
        let entry = entry?;
        let bitmap = fs::read_to_string(entry.path().join("device/capabilities/key"));
        let is_event = entry.file_name().to_string_lossy().starts_with("event");
        if is_event && bitmap.is_ok_and(|bitmap| has_key(&bitmap, KEY_POWER)) {
            buttons.push(entry.file_name());
        }
    }
    Ok(buttons)
}

/// sysfs prints the bitmap as 64-bit words in hexadecimal, the highest first.
fn has_key(bitmap: &str, key: u16) -> bool {
    let word = bitmap.split_whitespace().rev().nth(usize::from(key / 64));
    let bits = word.and_then(|word| u64::from_str_radix(word, 16).ok());
    bits.is_some_and(|bits| bits >> (key % 64) & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_bitmap_as_the_kernel_prints_it() {
        assert!(has_key("10000000000000 0\n", KEY_POWER));
        assert!(!has_key("8000000000000000 0\n", KEY_POWER));
        assert!(!has_key("10000000000000\n", KEY_POWER));
        assert!(!has_key("", KEY_POWER));
        assert!(!has_key("nonsense 0", KEY_POWER));
    }
}
