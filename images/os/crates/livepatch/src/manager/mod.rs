//! One command, from the lock to the status that says how it went.

mod apply;
mod boot;
mod observe;
mod refresh;
mod revert;
#[cfg(test)]
mod tests;
mod transition;
mod watch;

use crate::command::{Command, Kind};
use crate::failure::Failure;
use crate::kernel::{Build, Kernel, Patches};
use crate::modules::Modules;
use crate::places::Places;
use crate::record::{Entry, Record};
use crate::settings;
use crate::status::{Outcome, Status};
use crate::stop::Stop;
use std::fs::{self, File};
use std::path::PathBuf;
use std::time::Duration;
use update_repository::lock;

pub struct Machine {
    pub places: Places,
    pub kernel: Box<dyn Kernel>,
    pub patience: Patience,
    pub stop: Stop,
}

#[derive(Clone, Copy)]
pub struct Patience {
    /// For a transition. The kernel itself wakes tasks that hold one up after 15 s.
    pub transition: Duration,
    /// After a load, until it counts as one that the machine gets over.
    pub trial: Duration,
    /// Between two looks at a transition.
    pub poll: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { transition: Duration::from_secs(20), trial: Duration::from_secs(10), poll: Duration::from_millis(20) }
    }
}

/// What nobody asked for waits its turn.
const TURN_PATIENCE_OF_BOOT: Duration = Duration::from_secs(60);
/// Watchers hold the lock for an instant each, which is long on a busy machine.
const STATE_PATIENCE: Duration = Duration::from_secs(10);

/// Carries a command out. `accepted` is called as soon as it is found allowed.
///
/// # Errors
/// When it is not allowed, or the record or the status cannot be used.
pub fn run(machine: &Machine, command: &Command, accepted: impl FnOnce()) -> Result<Done, Failure> {
    if command.kind == Kind::Observe {
        Manager::open(machine, STATE_PATIENCE)?.observe(None)?;
        accepted();
        return Ok(Ok(()));
    }
    let of_boot = matches!(command.kind, Kind::Boot | Kind::Reconcile);
    let patience = if of_boot { TURN_PATIENCE_OF_BOOT } else { Duration::ZERO };
    let turn = lock::take(&machine.places.turn, patience)?.ok_or(Failure::Busy)?;
    let mut manager = Manager::open(machine, STATE_PATIENCE)?;
    manager.check(command)?;
    manager.observe(Some(Outcome::of(command, None)))?;
    accepted();
    let done = manager.carry_out(command);
    // Whoever reads the outcome may give the next command at once.
    drop(turn);
    manager.observe(Some(Outcome::of(command, Some(&done))))?;
    drop(manager);
    if !matches!(command.kind, Kind::Refresh | Kind::Boot) {
        watch::watch(machine)?;
    }
    Ok(done)
}

/// How a command ended that was carried out; the status has the reason, too.
pub type Done = Result<(), String>;

struct Manager<'a> {
    machine: &'a Machine,
    _lock: File,
    build: Build,
    boot_id: String,
    record: Record,
    status: Status,
    /// The patch that the present command is at work on.
    at_work: Option<String>,
}

impl<'a> Manager<'a> {
    fn open(machine: &'a Machine, patience: Duration) -> Result<Self, Failure> {
        let places = &machine.places;
        let lock = lock::take(&places.lock, patience)?.ok_or(Failure::Busy)?;
        let build = Build::running(&places.root)?;
        let boot_id = places.root.join("proc/sys/kernel/random/boot_id");
        let boot_id = fs::read_to_string(&boot_id).map_err(|error| format!("{}: {error}", boot_id.display()))?;
        let mut record = Record::read(&places.state.join("record"))?;
        if let Some(enabled) = settings::enabled(&places.settings)? {
            record.enabled = enabled;
        }
        let empty = Status {
            kernel: build.clone(),
            enabled: record.enabled,
            refreshed_at: None,
            most_recent_command: None,
            livepatches: Vec::new(),
        };
        let status = Status::read(&places.status).unwrap_or(empty);
        Ok(Self { machine, _lock: lock, build, boot_id: boot_id.trim().to_owned(), record, status, at_work: None })
    }

    /// # Errors
    /// When the command makes no sense as things are.
    fn check(&mut self, command: &Command) -> Result<(), Failure> {
        let Some(name) = &command.name else { return Ok(()) };
        let conflict = |reason: String| Err(Failure::Conflict(reason));
        let module = name.replace('-', "_");
        let patches = self.patches();
        let loaded = patches.get(&module);
        if let Some(other) = patches.in_transition().filter(|other| *other != module) {
            return conflict(format!(
                "the transition of {} is not complete; revert it, or wait",
                other.replace('_', "-")
            ));
        }
        match command.kind {
            Kind::Apply if !self.record.enabled => {
                return conflict("settings.kernel.live-patch is false: no live patch is loaded".into());
            }
            Kind::Apply if loaded.is_some() => return conflict(format!("the live patch {name} is loaded already")),
            Kind::Revert if loaded.is_none() => {
                return match self.entries().iter().find(|entry| entry.patch.name == *name) {
                    Some(entry) if entry.wanted => Ok(()),
                    Some(_) => conflict(format!("the live patch {name} is not applied")),
                    None => Err(Failure::Missing(format!("there is no live patch {name} on this machine"))),
                };
            }
            _ => {}
        }
        self.at_work = Some(name.clone());
        Ok(())
    }

    fn carry_out(&mut self, command: &Command) -> Result<(), String> {
        match (command.kind, &command.name) {
            (Kind::Refresh, _) => self.refresh().map(|_| ()),
            (Kind::Apply, Some(name)) => self.apply(&name.clone()),
            (Kind::Revert, Some(name)) => self.revert(&name.clone()),
            (Kind::Boot, _) => self.boot(),
            (Kind::Reconcile, _) => self.reconcile(),
            _ => Ok(()),
        }
    }

    fn patches(&self) -> Patches {
        Patches::below(&self.machine.places.root)
    }

    fn modules(&self) -> Modules {
        Modules(self.machine.places.state.join("modules"))
    }

    fn record_path(&self) -> PathBuf {
        self.machine.places.state.join("record")
    }

    /// What this kernel has.
    fn entries(&self) -> &[Entry] {
        self.record.kernels.get(&self.build.build_id).map_or(&[], |had| &had.patches)
    }

    fn entry_mut(&mut self, name: &str) -> Option<&mut Entry> {
        self.record.of_kernel(&self.build.build_id).iter_mut().find(|entry| entry.patch.name == name)
    }

    fn save_record(&self) -> Result<(), String> {
        self.record.save(&self.record_path())
    }
}
