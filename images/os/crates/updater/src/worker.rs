//! One command, from the lock to the status that tells how it went.

use crate::arguments::Places;
use crate::command::Command;
use crate::config::Config;
use crate::failure::Failure;
use crate::lock;
use crate::manifest::Image;
use crate::repository::Repository;
use crate::selection::Selection;
use crate::status::{CommandStatus, Outcome, State, Status};
use jiff::Timestamp;
use signpost::{Action, Target, TargetError};
use std::fs::{self, File};

/// A reason quotes what a repository says, and that may be of any length.
const REASON_MAX_CHARACTERS: usize = 2000;

pub struct Worker<'a> {
    places: &'a Places,
    _lock: File,
    pub target: Target,
    pub running: Image,
    pub status: Status,
}

impl<'a> Worker<'a> {
    /// Takes the lock, and finds out where and what this machine is.
    pub fn open(places: &'a Places) -> Result<Self, Failure> {
        let lock = lock::take(&places.lock)?;
        if let Some(directory) = places.status.parent() {
            fs::create_dir_all(directory).map_err(|error| format!("{}: {error}", directory.display()))?;
        }
        Ok(Self {
            places,
            _lock: lock,
            target: places.target().map_err(|error| error.to_string())?,
            running: places.running()?,
            status: Status::load(&places.status)?,
        })
    }

    /// Carries out a command that was found allowed; the status tells how it went.
    pub fn run(&mut self, command: Command) -> Result<(), Failure> {
        let done = match command {
            Command::Refresh => self.refresh(),
            Command::Prepare => self.prepare(),
            Command::Activate => self.mark(Action::UpgradeToInactive, State::Ready),
            Command::Deactivate => self.mark(Action::CancelUpgrade, State::Staged),
        };
        self.status.most_recent_command = Some(Outcome {
            cmd_type: command,
            cmd_status: if done.is_ok() { CommandStatus::Success } else { CommandStatus::Failed },
            timestamp: Timestamp::now(),
            exit_status: Some(done.as_ref().map_or_else(Failure::exit_status, |()| 0)),
            stderr: Some(done.as_ref().map_or_else(reason, |()| String::new())),
        });
        self.save()?;
        done
    }

    /// Says that `command` is at work: what a reader finds should the worker be killed.
    pub fn begin(&mut self, command: Command) -> Result<(), String> {
        self.status.most_recent_command = Some(Outcome {
            cmd_type: command,
            cmd_status: CommandStatus::Unknown,
            timestamp: Timestamp::now(),
            exit_status: None,
            stderr: None,
        });
        self.save()
    }

    /// Makes the inactive slot, which ran well before, the next to boot. No state forbids it.
    ///
    /// # Errors
    /// With the reason, when the inactive slot could not boot.
    pub fn roll_back(&mut self) -> Result<(), TargetError> {
        let active = self.target.active;
        self.target.change(|table| Action::RollbackToInactive.perform(table, active))
    }

    /// Brings what the status says about slots up to date, where there is one.
    pub fn observe(&mut self) -> Result<(), String> {
        if self.places.status.exists() { self.save() } else { Ok(()) }
    }

    pub fn repository(&self, target: Option<&Image>) -> Result<Repository, String> {
        let config = Config::read(&self.places.config)?;
        Repository::load(&config, &self.places.root, &self.places.seen, &self.running, target)
    }

    fn refresh(&mut self) -> Result<(), Failure> {
        let config = Config::read(&self.places.config)?;
        let manifest = self.repository(None)?.manifest()?;
        let Selection { available, chosen } = Selection::of(manifest, &self.running, &config, Timestamp::now())?;
        self.status.found(&available, chosen.as_ref());
        Ok(())
    }

    fn mark(&mut self, action: Action, then: State) -> Result<(), Failure> {
        let active = self.target.active;
        self.target.change(|table| action.perform(table, active)).map_err(|error| error.to_string())?;
        self.status.update_state = then;
        Ok(())
    }

    fn save(&mut self) -> Result<(), String> {
        let table = self.target.table().map_err(|error| error.to_string())?;
        self.status.observe(&table, self.target.active, &self.running);
        self.status.save(&self.places.status)
    }
}

fn reason(failure: &Failure) -> String {
    let mut text = failure.to_string();
    if let Some((end, _)) = text.char_indices().nth(REASON_MAX_CHARACTERS) {
        text.truncate(end);
        text.push('…');
    }
    text
}
