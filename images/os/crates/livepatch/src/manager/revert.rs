//! A patch out of the kernel.

use super::Manager;
use crate::record::Entry;
use std::io::ErrorKind;
use std::time::{Duration, Instant};

/// The kernel lets go of a module shortly after its transition is complete.
const UNLOAD_PATIENCE: Duration = Duration::from_secs(5);

impl Manager<'_> {
    /// # Errors
    /// With the reason for which it still has its effect.
    pub fn revert(&mut self, name: &str) -> Result<(), String> {
        self.machine.stop.arm();
        // Before anything else: a power cut in the middle must not bring the patch back.
        if let Some(entry) = self.entry_mut(name) {
            *entry = Entry { trial: entry.trial.take(), ..Entry::unknown(entry.patch.clone()) };
            self.save_record()?;
        }
        self.take_out(name, &name.replace('-', "_"))?;
        if let Some(entry) = self.entry_mut(name) {
            entry.trial = None;
        }
        self.save_record()?;
        self.modules().keep_only(&self.record.modules());
        Ok(())
    }

    /// Ends the effect of a patch, and unloads its module.
    pub fn take_out(&mut self, name: &str, module: &str) -> Result<(), String> {
        let patches = self.patches();
        if patches.get(module).is_some_and(|patch| patch.enabled) {
            patches.disable(module).map_err(|error| format!("the kernel does not disable {name}: {error}"))?;
        }
        self.wait_for_transition(name)?;
        self.unload(module)
    }

    pub fn unload(&self, module: &str) -> Result<(), String> {
        let end = Instant::now() + UNLOAD_PATIENCE;
        loop {
            match self.machine.kernel.unload(module) {
                Ok(()) => return Ok(()),
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
                Err(error) if error.kind() != ErrorKind::WouldBlock || Instant::now() >= end => {
                    return Err(format!("the module {module} has no effect any more, but is still loaded: {error}"));
                }
                Err(_) => std::thread::sleep(self.machine.patience.poll),
            }
        }
    }
}
