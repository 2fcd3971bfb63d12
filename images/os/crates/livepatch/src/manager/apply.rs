//! A patch out of the repository into the kernel.

use super::Manager;
use super::refresh::Found;
use crate::kernel::{Log, explain};
use crate::module::ModuleInfo;
use crate::modules::MODULE_MAX_BYTES;
use crate::record::Entry;

impl Manager<'_> {
    /// # Errors
    /// With the reason for which it isn't applied, or not yet.
    pub fn apply(&mut self, name: &str) -> Result<(), String> {
        let (repository, found) = self.refresh()?;
        let found = found.into_iter().find(|found| found.patch.name == name);
        let Found { target, length, patch } = found.ok_or_else(|| {
            format!(
                "the repository has no live patch {name} for the kernel {} ({})",
                self.build.release, self.build.build_id
            )
        })?;
        if length > MODULE_MAX_BYTES {
            return self
                .refuse(Entry::unknown(patch), format!("it has {length} bytes; at most {MODULE_MAX_BYTES} are taken"));
        }
        let image = repository.read(&target, MODULE_MAX_BYTES)?;
        drop(repository);
        let judged =
            ModuleInfo::read(&image).and_then(|info| info.check(&patch.module, &self.build.build_id, &patch.replaces));
        if let Err(reason) = judged {
            return self.refuse(Entry::unknown(patch), reason);
        }
        let sha256 = self.modules().keep(&image)?;
        let replaces = patch.replaces == "all";
        let entry = Entry { sha256: Some(sha256), wanted: true, ..Entry::unknown(patch) };
        self.machine.stop.arm();
        self.load(entry, &image)?;
        self.wait_for_transition(name)?;
        if replaces { self.forget_replaced(name) } else { Ok(()) }
    }

    /// Hands a module to the kernel. Whatever that does to the machine, the next boot knows.
    pub fn load(&mut self, entry: Entry, image: &[u8]) -> Result<(), String> {
        let mut entry = Entry { trial: Some(self.boot_id.clone()), ..entry };
        self.put(entry.clone())?;
        let mut log = Log::follow(&self.machine.places.root);
        let loaded = self.machine.kernel.load(image);
        entry.kernel_log = log.lines();
        if let Err(error) = loaded {
            return self.refuse(entry, explain(&error));
        }
        self.put(entry)
    }

    fn refuse(&mut self, entry: Entry, reason: String) -> Result<(), String> {
        let entry =
            Entry { sha256: None, wanted: false, refused: true, trial: None, reason: Some(reason.clone()), ..entry };
        self.put(entry)?;
        self.modules().keep_only(&self.record.modules());
        Err(reason)
    }

    fn put(&mut self, entry: Entry) -> Result<(), String> {
        self.record.put(&self.build.build_id, entry);
        self.save_record()
    }

    /// After a patch that takes the place of all others: these have no effect any more, and only take memory.
    pub fn forget_replaced(&mut self, name: &str) -> Result<(), String> {
        let others = self.entries().iter().filter(|entry| entry.wanted && entry.patch.name != name);
        let others: Vec<_> = others.map(|entry| (entry.patch.name.clone(), entry.patch.module.clone())).collect();
        for (other, module) in others {
            if self.patches().get(&module).is_some() {
                continue;
            }
            self.unload(&module)?;
            if let Some(entry) = self.entry_mut(&other) {
                *entry = Entry { reason: Some(format!("replaced by {name}")), ..Entry::unknown(entry.patch.clone()) };
            }
        }
        self.save_record()?;
        self.modules().keep_only(&self.record.modules());
        Ok(())
    }
}
