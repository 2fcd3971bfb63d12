//! Which patches this machine has, in a file on PRIVATE: it outlives reboots, updates and rollbacks.

use crate::atomic_file::replace_durably;
use crate::catalog::Description;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// As the settings said when they were last read: early in a boot they are not there yet.
    pub enabled: bool,
    /// By build ID.
    pub kernels: BTreeMap<String, Had>,
}

/// What one kernel had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Had {
    pub last_used: Timestamp,
    /// In the order in which they were applied.
    pub patches: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub patch: Description,
    /// The module that is kept; none of one that was refused or reverted.
    pub sha256: Option<String>,
    pub wanted: bool,
    /// Why it is not wanted any more, or was refused.
    pub reason: Option<String>,
    pub refused: bool,
    /// The boot in which it was loaded and has yet to prove harmless. Where another boot finds it, the machine did not
    /// get over the load.
    pub trial: Option<String>,
    pub kernel_log: Vec<String>,
}

/// One in each slot, and one that an update is about to overwrite.
const MAX_KERNELS: usize = 3;
const MAX_PATCHES: usize = 64;

impl Entry {
    /// A patch that this machine neither keeps nor wants.
    pub fn unknown(patch: Description) -> Self {
        Self { patch, sha256: None, wanted: false, reason: None, refused: false, trial: None, kernel_log: Vec::new() }
    }
}

impl Default for Record {
    fn default() -> Self {
        Self { enabled: true, kernels: BTreeMap::new() }
    }
}

impl Record {
    /// The record, or an empty one where there is none. One that is damaged is kept for whoever wants to know, and begun
    /// anew: nothing is loaded then.
    pub fn read(path: &Path) -> Result<Self, String> {
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(format!("{}: {error}", path.display())),
        };
        serde_json::from_slice(&bytes).or_else(|error| {
            let damaged = path.with_extension("damaged");
            eprintln!("{}: {error}; it is kept as {}, and begun anew", path.display(), damaged.display());
            fs::rename(path, &damaged).map_err(|error| format!("{}: {error}", damaged.display()))?;
            Ok(Self::default())
        })
    }

    pub fn save(&self, path: &Path) -> Result<(), String> {
        let json = serde_json::to_vec(self).map_err(|error| format!("{}: {error}", path.display()))?;
        replace_durably(path, &json)
    }

    /// What the kernel that runs has; kernels that have not run for longest are forgotten.
    pub fn of_kernel(&mut self, build_id: &str) -> &mut Vec<Entry> {
        let now = Timestamp::now();
        let had = self.kernels.entry(build_id.to_owned()).or_insert(Had { last_used: now, patches: Vec::new() });
        had.last_used = now;
        while self.kernels.len() > MAX_KERNELS {
            let others = self.kernels.iter().filter(|(id, _)| *id != build_id);
            let Some((oldest, _)) = others.min_by_key(|(_, had)| had.last_used) else { break };
            let oldest = oldest.clone();
            self.kernels.remove(&oldest);
        }
        &mut self.kernels.get_mut(build_id).expect("it was put in above").patches
    }

    /// Puts a patch at the end of what the kernel has, in place of what was known of it.
    pub fn put(&mut self, build_id: &str, entry: Entry) {
        let patches = self.of_kernel(build_id);
        patches.retain(|other| other.patch.name != entry.patch.name);
        patches.push(entry);
        while patches.len() > MAX_PATCHES {
            let Some(oldest) = patches.iter().position(|entry| !entry.wanted) else { break };
            patches.remove(oldest);
        }
    }

    /// The modules that some kernel may still be given.
    pub fn modules(&self) -> BTreeSet<&str> {
        let entries = self.kernels.values().flat_map(|had| &had.patches);
        entries.filter_map(|entry| entry.sha256.as_deref()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub fn entry(name: &str, wanted: bool) -> Entry {
        let patch = Description { name: name.into(), ..Description::default() };
        Entry { sha256: Some(name.into()), wanted, ..Entry::unknown(patch) }
    }

    #[test]
    fn what_is_saved_is_read_and_damage_begins_anew() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("record");
        assert_eq!(Record::read(&path), Ok(Record::default()));
        let mut record = Record::default();
        record.put("k", entry("a", true));
        record.save(&path).expect("saved");
        assert_eq!(Record::read(&path), Ok(record));
        fs::write(&path, "{").expect("written");
        assert_eq!(Record::read(&path), Ok(Record::default()));
        assert_eq!(fs::read_to_string(directory.path().join("record.damaged")).expect("kept"), "{");
    }

    #[test]
    fn kernels_that_run_no_more_are_forgotten_with_their_modules() {
        let mut record = Record::default();
        for kernel in ["a", "b", "c"] {
            record.put(kernel, entry(kernel, true));
        }
        record.of_kernel("a");
        record.put("d", entry("d", true));
        assert_eq!(record.modules(), BTreeSet::from(["a", "c", "d"]));
    }

    #[test]
    fn what_is_put_again_is_the_newest() {
        let mut record = Record::default();
        for name in ["a", "b", "a"] {
            record.put("k", entry(name, true));
        }
        let names: Vec<_> = record.of_kernel("k").iter().map(|entry| entry.patch.name.clone()).collect();
        assert_eq!(names, ["b", "a"]);
    }

    #[test]
    fn a_full_list_loses_what_nobody_wants() {
        let mut record = Record::default();
        record.put("k", entry("kept", true));
        for number in 0..100 {
            record.put("k", entry(&format!("n{number}"), false));
        }
        let patches = record.of_kernel("k");
        assert_eq!((patches.len(), &*patches[0].patch.name), (MAX_PATCHES, "kept"));
    }
}
