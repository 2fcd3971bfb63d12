//! Where things are: each place has the image's own as default.

use std::path::PathBuf;

pub struct Places {
    pub config: PathBuf,
    /// The TUF root that is trusted to begin with.
    pub root: PathBuf,
    /// The record of what was seen of update repositories. It must survive reboots, updates and rollbacks.
    pub seen: PathBuf,
    /// Held by whoever works with that record: it is shared by programs that may run at the same time.
    pub seen_lock: PathBuf,
    /// The certificates that HTTPS servers are verified by.
    pub certificates: PathBuf,
    /// Whether the operator lets what is unusable of that be begun anew, and the clock be right.
    pub recover: bool,
    /// A directory for the time of one command; programs that may work at the same time have one each.
    pub scratch: PathBuf,
    /// The part of timesyncd.conf(5) that the settings are rendered into.
    pub time_servers: PathBuf,
    /// systemd-timesyncd makes this file when it has set the clock (systemd-timesyncd.service(8)).
    pub synchronized: PathBuf,
}

impl Places {
    pub const FLAGS: &str =
        "--config, --root, --seen, --seen-lock, --certificates, --scratch, --time-servers, --synchronized";

    pub fn of_image(scratch: &str) -> Self {
        Self {
            config: "/etc/updog.toml".into(),
            root: "/usr/share/updog/root.json".into(),
            seen: "/var/lib/bottlerocket/updates/seen".into(),
            seen_lock: "/run/lock/update-repository.lock".into(),
            certificates: "/etc/pki/tls/certs/ca-bundle.crt".into(),
            recover: false,
            scratch: scratch.into(),
            time_servers: "/etc/systemd/timesyncd.conf.d/50-settings.conf".into(),
            synchronized: "/run/systemd/timesync/synchronized".into(),
        }
    }

    /// The place that is set by a flag of the command line, if the flag is one of [`Self::FLAGS`].
    pub fn by_flag(&mut self, flag: &str) -> Option<&mut PathBuf> {
        Some(match flag {
            "--config" => &mut self.config,
            "--root" => &mut self.root,
            "--seen" => &mut self.seen,
            "--seen-lock" => &mut self.seen_lock,
            "--certificates" => &mut self.certificates,
            "--scratch" => &mut self.scratch,
            "--time-servers" => &mut self.time_servers,
            "--synchronized" => &mut self.synchronized,
            _ => return None,
        })
    }
}
