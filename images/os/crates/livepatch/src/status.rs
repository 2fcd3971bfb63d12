//! What `GET /livepatches` shows, kept in memory: a reboot forgets it, and the next look makes it anew.

use crate::atomic_file::replace;
use crate::catalog::Description;
use crate::command::{Command, Kind};
use crate::kernel::{Build, Task};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// In the repository, and never applied.
    Available,
    /// It is fetched, or on its way into the kernel.
    Applying,
    /// Every task uses its functions.
    Applied,
    /// On its way out of the kernel.
    Reverting,
    /// Under way for so long that some task seems to keep it from its end.
    Stuck,
    /// It is not loaded, and won't be at the next boot.
    Refused,
    /// It was reverted or replaced, or the settings switch live patches off.
    Disabled,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    pub kernel: Build,
    pub enabled: bool,
    /// The last look at the repository in this boot.
    pub refreshed_at: Option<Timestamp>,
    pub most_recent_command: Option<Outcome>,
    pub livepatches: Vec<Listed>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    #[serde(flatten)]
    pub patch: Description,
    pub state: State,
    pub since: Timestamp,
    pub reason: Option<String>,
    /// Should the machine crash or lose its power now, the next boot would not load it.
    pub on_trial: bool,
    /// Whether the repository had it at the last look.
    pub offered: bool,
    /// Of a patch that is stuck.
    pub holding: Vec<Task>,
    /// What the kernel logged while it loaded the patch.
    pub kernel_log: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    pub cmd_type: Kind,
    pub name: Option<String>,
    pub cmd_status: CommandStatus,
    pub timestamp: Timestamp,
    pub stderr: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CommandStatus {
    Success,
    Failed,
    /// It is at work, or was killed.
    Unknown,
}

/// A reason quotes what a repository says, and that may be of any length.
const REASON_MAX_CHARACTERS: usize = 2000;

impl Outcome {
    pub fn of(command: &Command, done: Option<&Result<(), String>>) -> Self {
        let cmd_status = match done {
            None => CommandStatus::Unknown,
            Some(Ok(())) => CommandStatus::Success,
            Some(Err(_)) => CommandStatus::Failed,
        };
        let reason = |reason: &String| reason.chars().take(REASON_MAX_CHARACTERS).collect();
        Self {
            cmd_type: command.kind,
            name: command.name.clone(),
            cmd_status,
            timestamp: Timestamp::now(),
            stderr: done.and_then(|done| done.as_ref().err()).map(reason),
        }
    }
}

impl Status {
    /// The status of before, if this boot has any that is whole.
    pub fn read(path: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(path).ok()?).ok()
    }

    pub fn save(&self, path: &Path) -> Result<(), String> {
        let json = serde_json::to_vec(self).map_err(|error| format!("{}: {error}", path.display()))?;
        replace(path, &json)
    }

    /// Takes over since when things are as they are.
    pub fn keep_times(&mut self, before: &Self) {
        for listed in &mut self.livepatches {
            let same = |old: &&Listed| old.patch.name == listed.patch.name && old.state == listed.state;
            if let Some(old) = before.livepatches.iter().find(same) {
                listed.since = old.since;
            }
        }
    }
}
