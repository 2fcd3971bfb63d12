//! One command, from the lock to the status that tells how it went.

use crate::arguments::Places;
use crate::command::Command;
use crate::failure::{Failure, Refusal};
use crate::selection::{Image, Manifest, Selection};
use crate::status::{CommandStatus, Outcome, State, Status};
use jiff::Timestamp;
use signpost::{Action, Target, TargetError};
use std::fs::{self, File};
use std::time::Duration;
use update_repository::{Config, Repository, lock};

/// A reason quotes what a repository says, and that may be of any length.
const REASON_MAX_CHARACTERS: usize = 2000;
/// Who asks for the status holds the lock for an instant, and must not be taken for a command at work.
const PATIENCE: Duration = Duration::from_millis(200);
const MANIFEST_MAX_BYTES: u64 = 4 << 20;

pub struct Worker<'a> {
    pub places: &'a Places,
    _lock: File,
    pub target: Target,
    pub running: Image,
    pub status: Status,
}

impl<'a> Worker<'a> {
    /// Takes the lock, and finds out where and what this machine is.
    pub fn open(places: &'a Places) -> Result<Self, Failure> {
        let lock = lock::take(&places.lock, PATIENCE)?.ok_or(Refusal::LockHeld)?;
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
        if self.status.progress.take().is_some() {
            self.save()?;
        }
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

    /// What the repository has for this host now, and the repository. `target` is what is going to be fetched from it.
    pub fn look(&self, target: Option<&Image>) -> Result<(Repository, Selection), String> {
        let config = Config::read(&self.places.repository.config)?;
        let mut query = vec![("seed", config.seed.to_string())];
        query.extend(target.map(|image| ("target", image.version.to_string())));
        query.push(("version", self.running.version.to_string()));
        let repository = Repository::load(&config, &self.places.repository, query)?;
        let manifest = Manifest::parse(&repository.read("manifest.json", MANIFEST_MAX_BYTES)?)?;
        let selection = Selection::of(manifest, &self.running, &config, Timestamp::now());
        Ok((repository, selection))
    }

    fn refresh(&mut self) -> Result<(), Failure> {
        match self.look(None) {
            Ok((_, selection)) => {
                self.status.found(&selection);
                Ok(())
            }
            Err(reason) => {
                self.status.found_nothing();
                Err(reason.into())
            }
        }
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
