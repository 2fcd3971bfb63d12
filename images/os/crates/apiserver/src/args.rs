use containerd_client::HOST_CONTAINERD_SOCKET;
use std::path::PathBuf;

/// What the server works on; each has the image's own place as default.
pub struct Args {
    /// Made by the server unless systemd hands over a listening socket.
    pub socket: PathBuf,
    /// The directory of the settings store.
    pub datastore: PathBuf,
    pub defaults: PathBuf,
    /// How the settings' form changed with each version.
    pub migrations: PathBuf,
    /// The running version.
    pub os_release: PathBuf,
    /// Run for `/tx/apply`.
    pub settings_applier: PathBuf,
    /// Run for each action on updates.
    pub updater: PathBuf,
    /// Where the updater tells how things are.
    pub update_status: PathBuf,
    /// Held by the updater while it works.
    pub update_lock: PathBuf,
    /// Where the containerd of the host containers listens.
    pub host_containerd: PathBuf,
    /// The directory for what connects commands in host containers with their clients.
    pub exec_pipes: PathBuf,
    /// Where the live patch manager takes commands.
    pub livepatch_socket: PathBuf,
    /// Where it tells how things are.
    pub livepatch_status: PathBuf,
}

impl Args {
    /// # Errors
    /// On an unknown flag or one without its value.
    pub fn parse(mut args: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut parsed = Self {
            socket: "/run/api.sock".into(),
            datastore: "/var/lib/bottlerocket/datastore".into(),
            defaults: "/usr/share/sparkler/defaults.toml".into(),
            migrations: "/usr/share/sparkler/migrations.toml".into(),
            // The place of a production image's file; the one in /etc is usually a link to it (os-release(5)).
            os_release: "/usr/lib/os-release".into(),
            settings_applier: "/usr/libexec/sparkler/settings-applier".into(),
            updater: "/usr/libexec/sparkler/updater".into(),
            update_status: "/run/cache/thar-be-updates/status.json".into(),
            update_lock: "/run/lock/thar-be-updates.lock".into(),
            host_containerd: HOST_CONTAINERD_SOCKET.into(),
            exec_pipes: "/run/api-exec".into(),
            livepatch_socket: "/run/livepatch.sock".into(),
            livepatch_status: "/run/cache/livepatch/status.json".into(),
        };
        while let Some(flag) = args.next() {
            let place = match flag.as_str() {
                "--socket" => &mut parsed.socket,
                "--datastore" => &mut parsed.datastore,
                "--defaults" => &mut parsed.defaults,
                "--migrations" => &mut parsed.migrations,
                "--os-release" => &mut parsed.os_release,
                "--settings-applier" => &mut parsed.settings_applier,
                "--updater" => &mut parsed.updater,
                "--update-status" => &mut parsed.update_status,
                "--update-lock" => &mut parsed.update_lock,
                "--host-containerd" => &mut parsed.host_containerd,
                "--exec-pipes" => &mut parsed.exec_pipes,
                "--livepatch-socket" => &mut parsed.livepatch_socket,
                "--livepatch-status" => &mut parsed.livepatch_status,
                _ => {
                    let known = "--socket, --datastore, --defaults, --migrations, --os-release, --settings-applier, --updater, \
                                 --update-status, --update-lock, --host-containerd, --exec-pipes, --livepatch-socket, \
                                 --livepatch-status";
                    return Err(format!("{flag:?} is not a flag; there are {known}, each with a path"));
                }
            };
            *place = args.next().ok_or_else(|| format!("{flag} needs a path after it"))?.into();
        }
        Ok(parsed)
    }
}
