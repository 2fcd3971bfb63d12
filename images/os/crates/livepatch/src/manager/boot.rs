//! What this kernel had, again.

use super::Manager;
use crate::record::Entry;

impl Manager<'_> {
    /// Loads what is wanted, in the order in which it was applied. What the machine did not get over in another boot is
    /// not tried again.
    ///
    /// # Errors
    /// With everything that could not be loaded; the rest is.
    pub fn boot(&mut self) -> Result<(), String> {
        let boot_id = self.boot_id.clone();
        for entry in self.record.of_kernel(&self.build.build_id) {
            if entry.trial.as_ref().is_some_and(|trial| *trial != boot_id) {
                let reason = "the machine crashed, hung or lost its power soon after it was loaded; apply it again to \
                              give it another try";
                eprintln!("live patch {}: {reason}", entry.patch.name);
                *entry = Entry { refused: true, reason: Some(reason.into()), ..Entry::unknown(entry.patch.clone()) };
            }
        }
        self.save_record()?;
        self.modules().keep_only(&self.record.modules());
        self.reconcile()
    }

    /// Loads what is wanted and isn't there, or takes all out where the settings switch live patches off.
    ///
    /// # Errors
    /// As [`Self::boot`].
    pub fn reconcile(&mut self) -> Result<(), String> {
        self.machine.stop.arm();
        self.save_record()?;
        let wanted: Vec<Entry> = self.entries().iter().filter(|entry| entry.wanted).cloned().collect();
        let mut faults = Vec::new();
        if self.record.enabled {
            for entry in wanted {
                let name = entry.patch.name.clone();
                faults.extend(self.bring_in(entry).err().map(|reason| format!("{name}: {reason}")));
            }
        } else {
            for entry in wanted.iter().rev() {
                let taken_out = self.take_out(&entry.patch.name, &entry.patch.module);
                faults.extend(taken_out.err().map(|reason| format!("{}: {reason}", entry.patch.name)));
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(faults.join("; ")) }
    }

    fn bring_in(&mut self, entry: Entry) -> Result<(), String> {
        if self.patches().get(&entry.patch.module).is_some() {
            return Ok(());
        }
        let sha256 = entry.sha256.as_deref().ok_or("its module was not kept")?;
        let image = self.modules().read(sha256)?;
        let (name, replaces) = (entry.patch.name.clone(), entry.patch.replaces == "all");
        self.load(entry, &image)?;
        self.wait_for_transition(&name)?;
        if replaces { self.forget_replaced(&name) } else { Ok(()) }
    }
}
