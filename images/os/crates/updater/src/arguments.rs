//! The command line, and where things are: each place has the image's own as default.

use crate::command::Command;
use crate::selection::Image;
use models::os_release;
use semver::Version;
use signpost::{Target, TargetError};
use slot_table::Slot;
use std::fs;
use std::path::PathBuf;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Job {
    Run(Command),
    RollBack,
}

pub struct Places {
    pub repository: update_repository::Places,
    /// A directory on DATA for the images of an update while it is prepared.
    pub downloads: PathBuf,
    pub status: PathBuf,
    pub lock: PathBuf,
    pub os_release: PathBuf,
    /// The disk with the slots; found by what the running root lies on, if it is not given.
    pub disk: Option<PathBuf>,
    pub active: Slot,
}

impl Places {
    /// # Errors
    /// When the disk that carries the running root cannot be found.
    pub fn target(&self) -> Result<Target, TargetError> {
        match &self.disk {
            Some(disk) => Ok(Target { disk: disk.clone(), active: self.active }),
            None => Target::discover(),
        }
    }

    /// The image that runs, by os-release(5).
    pub fn running(&self) -> Result<Image, String> {
        let fail = |reason: String| format!("{}: {reason}", self.os_release.display());
        let text = fs::read_to_string(&self.os_release).map_err(|error| fail(error.to_string()))?;
        let mut release = os_release::parse(&text);
        let mut take = |name: &str| release.remove(name).ok_or_else(|| fail(format!("no {name}")));
        let version = Version::parse(&take("VERSION_ID")?).map_err(|error| fail(format!("VERSION_ID: {error}")))?;
        Ok(Image { arch: std::env::consts::ARCH.into(), version, variant: take("VARIANT_ID")? })
    }
}

/// # Errors
/// On an unknown command or flag, or a flag without its value.
pub fn parse(mut arguments: impl Iterator<Item = String>) -> Result<(Job, Places), String> {
    let usage = || format!("the first argument is one of {}, rollback", Command::NAMES);
    let job = match arguments.next().ok_or_else(usage)?.as_str() {
        "rollback" => Job::RollBack,
        name => Job::Run(Command::parse(name).ok_or_else(usage)?),
    };
    let mut places = Places {
        repository: update_repository::Places::of_image("/run/cache/thar-be-updates/metadata"),
        downloads: "/var/cache/thar-be-updates".into(),
        status: "/run/cache/thar-be-updates/status.json".into(),
        lock: "/run/lock/thar-be-updates.lock".into(),
        os_release: "/usr/lib/os-release".into(),
        disk: None,
        active: Slot::A,
    };
    while let Some(flag) = arguments.next() {
        if flag == "--recover" && job == Job::Run(Command::Refresh) {
            places.repository.recover = true;
            continue;
        }
        let value = arguments.next().ok_or_else(|| format!("{flag} needs a value"))?;
        if let Some(place) = places.repository.by_flag(&flag) {
            *place = value.into();
            continue;
        }
        match (flag.as_str(), value.as_str()) {
            ("--downloads", _) => places.downloads = value.into(),
            ("--status", _) => places.status = value.into(),
            ("--lock", _) => places.lock = value.into(),
            ("--os-release", _) => places.os_release = value.into(),
            ("--disk", _) => places.disk = Some(value.into()),
            ("--active", "A") => places.active = Slot::A,
            ("--active", "B") => places.active = Slot::B,
            _ => {
                let known = update_repository::Places::FLAGS;
                return Err(format!(
                    "{flag} {value}: there are {known}, --downloads, --status, --lock, --os-release, --disk, --active A|B; \
                     and for refresh --recover"
                ));
            }
        }
    }
    Ok((job, places))
}
