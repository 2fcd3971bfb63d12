//! Live patches as the kernel shows them (Documentation/ABI/testing/sysfs-kernel-livepatch).

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Of one patch that is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patch {
    /// Where it is, or goes to while it is in transition.
    pub enabled: bool,
    pub in_transition: bool,
}

pub struct Patches {
    directory: PathBuf,
}

impl Patches {
    pub fn below(root: &Path) -> Self {
        Self { directory: root.join("sys/kernel/livepatch") }
    }

    /// The patch of this module, if it is loaded and not yet, or no longer, without effect.
    pub fn get(&self, module: &str) -> Option<Patch> {
        let flag = |name: &str| Some(fs::read_to_string(self.directory.join(module).join(name)).ok()?.trim() == "1");
        // It may vanish between the two.
        Some(Patch { enabled: flag("enabled")?, in_transition: flag("transition")? })
    }

    pub fn modules(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.directory).into_iter().flatten().flatten();
        let mut names: Vec<_> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
        names.sort();
        names
    }

    /// The module whose transition is under way; the kernel begins no second one.
    pub fn in_transition(&self) -> Option<String> {
        self.modules().into_iter().find(|module| self.get(module).is_some_and(|patch| patch.in_transition))
    }

    /// Begins the way back to the functions of before, also out of a transition that doesn't end.
    pub fn disable(&self, module: &str) -> io::Result<()> {
        match fs::write(self.directory.join(module).join("enabled"), "0") {
            // It is disabled already.
            Err(error) if [io::ErrorKind::NotFound, io::ErrorKind::InvalidInput].contains(&error.kind()) => Ok(()),
            done => done,
        }
    }
}
