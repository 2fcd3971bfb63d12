//! What `GET /updates/status` answers with (contract, section 4.2), kept in memory: a reboot forgets it.

use crate::command::Command;
use crate::progress::Progress;
use crate::selection::{Image, Selection};
use jiff::Timestamp;
use semver::Version;
use serde::{Deserialize, Serialize};
use slot_table::{Slot, SlotFlags, Slots, Table};
use std::fs;
use std::io;
use std::path::Path;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// Nothing to do.
    #[default]
    Idle,
    /// An update was found.
    Available,
    /// It is on the inactive slot.
    Staged,
    /// The next boot is to take it.
    Ready,
}

#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Status {
    pub update_state: State,
    pub available_updates: Vec<Version>,
    pub chosen_update: Option<Image>,
    pub active_partition: Option<Partition>,
    pub staging_partition: Option<Partition>,
    pub most_recent_command: Option<Outcome>,
    /// The slot that was given its tries and never came up, so that the machine went back to the other one. Not among
    /// upstream's fields.
    pub rolled_back_from: Option<String>,
    /// Of the download that belongs to the most recent command, if any does. Not among upstream's fields.
    pub progress: Option<Progress>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Partition {
    pub image: Image,
    pub next_to_boot: bool,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Outcome {
    pub cmd_type: Command,
    pub cmd_status: CommandStatus,
    pub timestamp: Timestamp,
    /// Null while the command runs, and when it was killed.
    pub exit_status: Option<u8>,
    pub stderr: Option<String>,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CommandStatus {
    Success,
    Failed,
    /// It has not told yet; what is left when it was killed.
    Unknown,
}

impl Status {
    /// The status of before, or that of a machine which was never asked.
    pub fn load(path: &Path) -> Result<Self, String> {
        match fs::read(path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| format!("{}: {error}", path.display())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(format!("{}: {error}", path.display())),
        }
    }

    /// Replaces the file as a whole, so that a reader never sees half of it.
    pub fn save(&self, path: &Path) -> Result<(), String> {
        let staged = path.with_extension("new");
        let replace = || {
            fs::write(&staged, serde_json::to_vec(self)?)?;
            fs::rename(&staged, path)
        };
        replace().map_err(|error: io::Error| format!("{}: {error}", path.display()))
    }

    /// Takes note of what a repository has.
    pub fn found(&mut self, selection: &Selection) {
        let chosen = selection.chosen();
        self.available_updates = selection.available.iter().map(|update| update.image.version.clone()).collect();
        self.chosen_update = chosen.map(|update| update.image.clone());
        self.looked(if chosen.is_some() { State::Available } else { State::Idle });
    }

    /// Takes note that a repository could not be asked. As upstream has it, what was found before is still told.
    pub fn found_nothing(&mut self) {
        self.looked(State::Idle);
    }

    /// What is on the inactive slot outlives whatever a repository has.
    fn looked(&mut self, state: State) {
        if matches!(self.update_state, State::Idle | State::Available) {
            self.update_state = state;
        }
    }

    /// Takes note of what the table says about the slots, of which `active` runs `running`.
    pub fn observe(&mut self, table: &Table, active: Slot, running: &Image) {
        let slots = Slots::find(table);
        let next = slots.boot_order().first().copied();
        self.active_partition = Some(Partition { image: running.clone(), next_to_boot: next == Some(active) });
        if let Some(staging) = &mut self.staging_partition {
            staging.next_to_boot = next == Some(active.other());
        }
        let failed = slots.flags(active.other()).is_some_and(SlotFlags::failed);
        self.rolled_back_from = failed.then(|| active.other().to_string());
    }
}
