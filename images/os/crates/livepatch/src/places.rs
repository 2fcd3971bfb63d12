//! Where things are: each place has the image's own as default.

#[cfg(test)]
use std::path::Path;
use std::path::PathBuf;

pub struct Places {
    pub repository: update_repository::Places,
    /// The directory above `proc`, `sys` and `dev`.
    pub root: PathBuf,
    /// What the settings are rendered into.
    pub settings: PathBuf,
    /// What must outlive reboots, updates and rollbacks: a directory on PRIVATE.
    pub state: PathBuf,
    /// What the host API shows; a reboot forgets it.
    pub status: PathBuf,
    /// Held by the command that is carried out, from before it is found allowed until its outcome is known.
    pub turn: PathBuf,
    /// Held by whoever reads and writes the record and the status.
    pub lock: PathBuf,
}

impl Places {
    pub fn of_image() -> Self {
        Self {
            repository: update_repository::Places::of_image("/run/cache/livepatch/metadata"),
            root: "/".into(),
            settings: "/etc/livepatch.toml".into(),
            state: "/var/lib/bottlerocket/livepatches".into(),
            status: "/run/cache/livepatch/status.json".into(),
            turn: "/run/lock/livepatch-turn.lock".into(),
            lock: "/run/lock/livepatch.lock".into(),
        }
    }

    /// Everything below one directory.
    #[cfg(test)]
    pub fn below(directory: &Path) -> Self {
        let at = |name: &str| directory.join(name);
        Self {
            repository: update_repository::Places {
                config: at("updog.toml"),
                root: at("root.json"),
                seen: at("seen"),
                seen_lock: at("run/seen-lock"),
                certificates: at("certificates.pem"),
                recover: false,
                scratch: at("run/metadata"),
                time_servers: at("time-servers"),
                synchronized: at("synchronized"),
            },
            root: directory.to_owned(),
            settings: at("livepatch.toml"),
            state: at("state"),
            status: at("run/status.json"),
            turn: at("run/turn"),
            lock: at("run/lock"),
        }
    }
}
