//! The counts of boots that did not come up (see `slot_table::boot_counts`), as Linux shows EFI variables.

use rustix::fs::{IFlags, ioctl_getflags, ioctl_setflags};
use rustix::io::Errno;
use slot_table::{Slot, boot_counts};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// Non-volatile, and for the firmware's boot services and the running system (UEFI specification, 8.2).
const ATTRIBUTES: u32 = 0x7;

/// Variables below `directory`, a file each: four bytes of attributes, then the value.
pub struct BootCounts {
    directory: PathBuf,
}

impl BootCounts {
    pub fn in_directory(directory: &Path) -> Self {
        Self { directory: directory.into() }
    }

    /// Of this machine.
    pub fn of_firmware() -> Self {
        Self::in_directory(Path::new("/sys/firmware/efi/efivars"))
    }

    /// How often the slot was started since a boot came up; 0 where nobody counts.
    pub fn of(&self, slot: Slot) -> u8 {
        self.read(slot).unwrap_or_default()
    }

    /// Sets the slot's count back, and so begins to count. Nothing is written where it is 0: flash wears out.
    pub fn reset(&self, slot: Slot) -> io::Result<()> {
        if self.read(slot) == Some(0) {
            return Ok(());
        }
        let path = self.path(slot);
        make_mutable(&path)?;
        let mut bytes = ATTRIBUTES.to_le_bytes().to_vec();
        bytes.push(0);
        fs::write(path, bytes)
    }

    fn read(&self, slot: Slot) -> Option<u8> {
        match fs::read(self.path(slot)).ok()?[..] {
            [_, _, _, _, count] => Some(count),
            _ => None,
        }
    }

    fn path(&self, slot: Slot) -> PathBuf {
        self.directory.join(format!("{}-{}", boot_counts::variable(slot), boot_counts::VENDOR))
    }
}

/// Linux protects variables that it does not know from being removed by mistake.
fn make_mutable(path: &Path) -> io::Result<()> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    match ioctl_getflags(&file) {
        Ok(flags) if flags.contains(IFlags::IMMUTABLE) => Ok(ioctl_setflags(&file, flags - IFlags::IMMUTABLE)?),
        // A file system without flags.
        Ok(_) | Err(Errno::NOTTY) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(directory: &Path) -> PathBuf {
        directory.join("SparklerBootsA-52215d5f-580b-41d2-98c5-64c51fda40f7")
    }

    #[test]
    fn a_count_is_read_and_set_back() {
        let directory = tempfile::tempdir().expect("a directory");
        let counts = BootCounts::in_directory(directory.path());
        fs::write(file(directory.path()), [7, 0, 0, 0, 2]).expect("writable");
        assert_eq!((counts.of(Slot::A), counts.of(Slot::B)), (2, 0));
        counts.reset(Slot::A).expect("it can be set back");
        assert_eq!(fs::read(file(directory.path())).expect("it is there"), [7, 0, 0, 0, 0]);
    }

    #[test]
    fn counting_begins_with_the_first_reset() {
        let directory = tempfile::tempdir().expect("a directory");
        BootCounts::in_directory(directory.path()).reset(Slot::A).expect("it can be made");
        assert_eq!(fs::read(file(directory.path())).expect("it is there"), [7, 0, 0, 0, 0]);
    }

    #[test]
    fn a_variable_of_another_form_counts_nothing() {
        let directory = tempfile::tempdir().expect("a directory");
        let counts = BootCounts::in_directory(directory.path());
        for bytes in [&[7, 0, 0, 0][..], &[7, 0, 0, 0, 9, 9]] {
            fs::write(file(directory.path()), bytes).expect("writable");
            assert_eq!(counts.of(Slot::A), 0);
        }
    }

    #[test]
    fn firmware_without_variables_is_an_error_with_its_cause() {
        let counts = BootCounts::in_directory(Path::new("/nonexistent"));
        assert_eq!(counts.reset(Slot::A).expect_err("nowhere to write").kind(), io::ErrorKind::NotFound);
    }
}
