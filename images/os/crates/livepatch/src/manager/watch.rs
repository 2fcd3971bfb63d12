//! After a command: a transition that was not complete goes on, and what was loaded is on trial.

use super::{Machine, Manager};
use crate::failure::Failure;
use std::time::{Duration, Instant};

/// Others take the lock in between.
const PAUSE: Duration = Duration::from_secs(1);
/// Less than the units give (`TimeoutStopSec=`).
const STOP_PATIENCE: Duration = Duration::from_secs(8);

/// Keeps the status up to date until no transition is under way, and ends the trials that are under way in this boot. A
/// later command's watcher ends the trial of what that one has loaded.
///
/// # Errors
/// When the record or the status can't be written.
pub fn watch(machine: &Machine) -> Result<(), Failure> {
    let end_of_trial = Instant::now() + machine.patience.trial;
    let mut pause = Duration::ZERO;
    let mut on_trial = None;
    loop {
        let stopping = machine.stop.asked_within(pause);
        pause = PAUSE.min(machine.patience.trial);
        // Those who stop do so all at once, and each has its trials to end.
        let patience = if stopping { STOP_PATIENCE } else { Duration::ZERO };
        let mut manager = match Manager::open(machine, patience) {
            Ok(manager) => manager,
            Err(Failure::Busy) if !stopping => continue,
            Err(failure) => return Err(failure),
        };
        let on_trial = on_trial.get_or_insert_with(|| manager.trials());
        // A machine that goes down in order has not crashed.
        let harmless = stopping || Instant::now() >= end_of_trial;
        if harmless && !on_trial.is_empty() {
            manager.end_trials(on_trial);
            on_trial.clear();
            manager.save_record()?;
        }
        manager.finish_reverts()?;
        manager.observe(None)?;
        let is_quiet = manager.patches().in_transition().is_none() && on_trial.is_empty();
        if stopping || is_quiet {
            return Ok(());
        }
    }
}

impl Manager<'_> {
    /// The patches that this boot has loaded, and that have yet to prove harmless.
    fn trials(&self) -> Vec<String> {
        let on_trial = self.entries().iter().filter(|entry| entry.trial.as_ref() == Some(&self.boot_id));
        on_trial.map(|entry| entry.patch.name.clone()).collect()
    }

    pub fn end_trials(&mut self, names: &[String]) {
        let entries = self.record.of_kernel(&self.build.build_id).iter_mut();
        entries.filter(|entry| names.contains(&entry.patch.name)).for_each(|entry| entry.trial = None);
    }

    /// Unloads what a command was told to revert and could not wait for.
    fn finish_reverts(&mut self) -> Result<(), String> {
        let patches = self.patches();
        let unwanted = self.entries().iter().filter(|entry| !entry.wanted || !self.record.enabled);
        for module in unwanted.map(|entry| entry.patch.module.clone()).collect::<Vec<_>>() {
            let is_loaded = self.machine.places.root.join("sys/module").join(&module).exists();
            if is_loaded && patches.get(&module).is_none() {
                self.unload(&module)?;
            }
        }
        Ok(())
    }
}
