//! The time in which tasks go over to other functions, one after the other.

use super::Manager;
use std::time::Instant;

impl Manager<'_> {
    /// # Errors
    /// When it isn't complete in time: it goes on, but the command ends.
    pub fn wait_for_transition(&mut self, name: &str) -> Result<(), String> {
        let module = name.replace('-', "_");
        let patience = self.machine.patience;
        let end = Instant::now() + patience.transition;
        let under_way = |manager: &Self| {
            // Without effect it is there for a moment longer.
            manager.patches().get(&module).is_some_and(|patch| patch.in_transition || !patch.enabled)
        };
        self.at_work = Some(name.to_owned());
        self.observe(None)?;
        while under_way(self) {
            if Instant::now() >= end || self.machine.stop.asked_within(patience.poll) {
                self.at_work = None;
                return Err(format!(
                    "the transition of {name} is not complete after {} s; it goes on, and can be reverted",
                    patience.transition.as_secs()
                ));
            }
        }
        self.at_work = None;
        Ok(())
    }
}
