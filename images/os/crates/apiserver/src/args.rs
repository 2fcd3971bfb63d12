use std::path::PathBuf;

/// What the server works on; each has the image's own place as default.
pub struct Args {
    /// Made by the server unless systemd hands over a listening socket.
    pub socket: PathBuf,
    /// The directory of the settings store.
    pub datastore: PathBuf,
    pub defaults: PathBuf,
    /// Run for `/tx/apply`.
    pub settings_applier: PathBuf,
}

impl Args {
    /// # Errors
    /// On an unknown flag or one without its value.
    pub fn parse(mut args: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut parsed = Self {
            socket: "/run/api.sock".into(),
            datastore: "/var/lib/bottlerocket/datastore".into(),
            defaults: "/usr/share/sparkler/defaults.toml".into(),
            settings_applier: "/usr/libexec/sparkler/settings-applier".into(),
        };
        while let Some(flag) = args.next() {
            let place = match flag.as_str() {
                "--socket" => &mut parsed.socket,
                "--datastore" => &mut parsed.datastore,
                "--defaults" => &mut parsed.defaults,
                "--settings-applier" => &mut parsed.settings_applier,
                _ => {
                    let known = "--socket, --datastore, --defaults, --settings-applier, each with a path";
                    return Err(format!("{flag:?} is not a flag; there are {known}"));
                }
            };
            *place = args.next().ok_or_else(|| format!("{flag} needs a path after it"))?.into();
        }
        Ok(parsed)
    }
}
