//! Which kernel runs: a live patch fits one build of it.

use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Build {
    pub release: String,
    /// The GNU build ID of the kernel's image, in hexadecimal digits. It changes with the code, the configuration, and
    /// the key that modules are signed by.
    pub build_id: String,
}

const NT_GNU_BUILD_ID: u32 = 3;

impl Build {
    /// # Errors
    /// When the kernel below `root` does not show its build ID.
    pub fn running(root: &Path) -> Result<Self, String> {
        let read = |name: &str| {
            let path = root.join(name);
            fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))
        };
        let release = String::from_utf8_lossy(&read("proc/sys/kernel/osrelease")?).trim().to_owned();
        let build_id = build_id(&read("sys/kernel/notes")?).ok_or("/sys/kernel/notes: no GNU build ID in it")?;
        Ok(Self { release, build_id })
    }
}

/// The build ID in a row of ELF notes (elf(5), "Notes").
fn build_id(mut notes: &[u8]) -> Option<String> {
    loop {
        let word = |at: usize| Some(u32::from_ne_bytes(notes.get(at..at + 4)?.try_into().ok()?));
        let (name_bytes, desc_bytes, kind) = (word(0)? as usize, word(4)? as usize, word(8)?);
        let rest = notes.get(12..)?;
        let name = rest.get(..name_bytes)?;
        let rest = rest.get(name_bytes.checked_next_multiple_of(4)?..)?;
        let desc = rest.get(..desc_bytes)?;
        if kind == NT_GNU_BUILD_ID && name == b"GNU\0" {
            return Some(desc.iter().map(|byte| format!("{byte:02x}")).collect());
        }
        notes = rest.get(desc_bytes.checked_next_multiple_of(4)?..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn note(name: &[u8], kind: u32, desc: &[u8]) -> Vec<u8> {
        let mut bytes = [name.len() as u32, desc.len() as u32, kind].map(u32::to_ne_bytes).concat();
        for part in [name, desc] {
            bytes.extend(part);
            bytes.resize(bytes.len().next_multiple_of(4), 0);
        }
        bytes
    }

    #[test]
    fn the_build_id_is_found_among_other_notes() {
        let notes = [note(b"Xen\0", 3, &[1]), note(b"GNU\0", 1, &[2; 5]), note(b"GNU\0", 3, &[0xab, 0x01])].concat();
        assert_eq!(build_id(&notes).as_deref(), Some("ab01"));
        assert_eq!(build_id(&note(b"GNU\0", 1, &[])), None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(notes in proptest::collection::vec(any::<u8>(), 0..64)) {
            build_id(&notes);
        }
    }
}
