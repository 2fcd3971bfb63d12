//! What is known of a container for as long as the machine runs, for `GET /report/host-containers`.

use crate::{
    configuration::Configuration,
    kind::{Host, Kind, Target},
};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    Pulling,
    Running,
    /// It has ended, by itself or because it was told to.
    Ended,
    Failed,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// What it was started with.
    pub configuration: Configuration,
    pub phase: Phase,
    /// The digest of its image's configuration, once there is one.
    pub image: Option<String>,
    pub exit_code: Option<u32>,
    /// Of the last start that failed.
    pub last_error: Option<String>,
    pub starts: u32,
}

/// The file of one container's state. Only the process that runs the container writes it, and the one that cleans up after it.
pub struct Record {
    path: PathBuf,
    pub state: State,
}

impl Record {
    /// Begins another start with this configuration.
    pub fn begin(target: &Target, configuration: Configuration) -> io::Result<Self> {
        let path = target.run_file("json");
        let before = read(&path);
        let starts = before.as_ref().map_or(0, |state| state.starts) + 1;
        let last_error = before.and_then(|state| state.last_error);
        let state = State { configuration, phase: Phase::Pulling, image: None, exit_code: None, last_error, starts };
        let record = Self { path, state };
        record.save()?;
        Ok(record)
    }

    /// What the last start has left, if there was one in this boot.
    pub fn find(target: &Target) -> Option<Self> {
        let path = target.run_file("json");
        read(&path).map(|state| Self { path, state })
    }

    pub fn update(&mut self, change: impl FnOnce(&mut State)) -> io::Result<()> {
        change(&mut self.state);
        self.save()
    }

    pub fn remove(self) -> io::Result<()> {
        fs::remove_file(self.path)
    }

    /// Readers see the old state or the new one. It holds user-data, so it is root's only.
    fn save(&self) -> io::Result<()> {
        let staged = self.path.with_extension("new");
        fs::create_dir_all(self.path.parent().unwrap_or(&self.path))?;
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&staged)?;
        file.write_all(&serde_json::to_vec(&self.state)?)?;
        fs::rename(&staged, &self.path)
    }
}

fn read(path: &Path) -> Option<State> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

/// All containers of a kind that were started in this boot.
pub fn all(host: &Host, kind: Kind) -> BTreeMap<String, State> {
    let files = fs::read_dir(host.run_directory(kind)).into_iter().flatten().flatten().map(|entry| entry.path());
    let states = files.filter(|path| path.extension() == Some(OsStr::new("json")));
    states.filter_map(|path| Some((path.file_stem()?.to_str()?.to_owned(), read(&path)?))).collect()
}
