//! How things are, from the record and from what the kernel shows.

use super::Manager;
use crate::catalog::Description;
use crate::command::Kind;
use crate::kernel::holding;
use crate::record::Entry;
use crate::status::{CommandStatus, Listed, Outcome, State, Status};
use jiff::Timestamp;

impl Manager<'_> {
    /// Brings the status up to date, with the outcome of a command if there is one.
    pub fn observe(&mut self, outcome: Option<Outcome>) -> Result<(), String> {
        let mut listed: Vec<_> = self.entries().iter().map(|entry| self.list(entry)).collect();
        for module in self.patches().modules() {
            if !listed.iter().any(|known: &Listed| known.patch.module == module) {
                // Not in the record: it was lost, or damaged.
                let name = module.replace('_', "-");
                listed.push(self.list(&Entry::unknown(Description { name, module, ..Description::default() })));
            }
        }
        let outcome = outcome.or_else(|| self.status.most_recent_command.clone());
        if let Some(name) = self.at_work.as_deref().filter(|_| is_applying(outcome.as_ref())) {
            // Fetched for the first time, or again.
            match listed.iter_mut().find(|known| known.patch.name == name) {
                Some(known) if known.state != State::Stuck => known.state = State::Applying,
                _ => {}
            }
        }
        for old in self.status.livepatches.iter().filter(|old| old.offered) {
            match listed.iter_mut().find(|known| known.patch.name == old.patch.name) {
                Some(known) => known.offered = true,
                None => {
                    let applying = is_applying(outcome.as_ref()) && self.at_work.as_ref() == Some(&old.patch.name);
                    let state = if applying { State::Applying } else { State::Available };
                    listed.push(Listed { offered: true, ..blank(old.patch.clone(), state) });
                }
            }
        }
        listed.sort_by(|one, other| one.patch.name.cmp(&other.patch.name));
        let mut status = Status {
            kernel: self.build.clone(),
            enabled: self.record.enabled,
            refreshed_at: self.status.refreshed_at,
            most_recent_command: outcome,
            livepatches: listed,
        };
        status.keep_times(&self.status);
        status.save(&self.machine.places.status)?;
        self.status = status;
        Ok(())
    }

    fn list(&self, entry: &Entry) -> Listed {
        let mut listed = Listed {
            reason: entry.reason.clone(),
            on_trial: entry.trial.is_some(),
            kernel_log: entry.kernel_log.clone(),
            ..blank(entry.patch.clone(), State::Disabled)
        };
        match self.patches().get(&entry.patch.module) {
            Some(patch) if patch.in_transition => {
                let at_work = self.at_work.as_ref() == Some(&entry.patch.name);
                listed.state = match (at_work, patch.enabled) {
                    (false, _) => State::Stuck,
                    (true, true) => State::Applying,
                    (true, false) => State::Reverting,
                };
                if listed.state == State::Stuck {
                    listed.holding = holding(&self.machine.places.root, patch.enabled);
                    let to = if patch.enabled { "apply" } else { "revert" };
                    listed.reason = Some(format!(
                        "the transition that is to {to} it goes on; {} tasks hold it up",
                        listed.holding.len()
                    ));
                }
            }
            Some(patch) if patch.enabled => listed.state = State::Applied,
            Some(_) => listed.state = State::Reverting,
            None if entry.refused => listed.state = State::Refused,
            None if entry.wanted && !self.record.enabled => {
                listed.reason = Some("settings.kernel.live-patch is false".into());
            }
            None => {}
        }
        listed
    }
}

fn is_applying(outcome: Option<&Outcome>) -> bool {
    outcome.is_some_and(|outcome| outcome.cmd_type == Kind::Apply && outcome.cmd_status == CommandStatus::Unknown)
}

fn blank(patch: Description, state: State) -> Listed {
    Listed {
        patch,
        state,
        since: Timestamp::now(),
        reason: None,
        on_trial: false,
        offered: false,
        holding: Vec::new(),
        kernel_log: Vec::new(),
    }
}
