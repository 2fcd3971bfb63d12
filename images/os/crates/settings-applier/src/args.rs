use std::path::PathBuf;

/// What is to be applied.
#[derive(Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everything, after committing what was put together at boot. No service is restarted: those that read the files
    /// start later.
    Boot,
    All,
    /// Only what the settings with these keys affect, separated by commas.
    Keys(String),
}

pub struct Args {
    pub scope: Scope,
    pub socket: PathBuf,
    pub lock: PathBuf,
}

const USAGE: &str = "it takes one of --boot, --all, --keys KEY,KEY, and optionally --socket PATH, --lock PATH";

impl Args {
    /// # Errors
    /// On an unknown flag, one without its value, or when no scope or more than one is given.
    pub fn parse(mut args: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut scopes = Vec::new();
        let mut socket = PathBuf::from("/run/api.sock");
        let mut lock = PathBuf::from("/run/lock/settings-applier.lock");
        while let Some(flag) = args.next() {
            let mut value = || args.next().ok_or_else(|| format!("{flag} needs a value; {USAGE}"));
            match flag.as_str() {
                "--boot" => scopes.push(Scope::Boot),
                "--all" => scopes.push(Scope::All),
                "--keys" => scopes.push(Scope::Keys(value()?)),
                "--socket" => socket = value()?.into(),
                "--lock" => lock = value()?.into(),
                _ => return Err(format!("{flag:?} is not a flag; {USAGE}")),
            }
        }
        let [scope] =
            <[Scope; 1]>::try_from(scopes).map_err(|scopes| format!("{} scopes were given; {USAGE}", scopes.len()))?;
        Ok(Self { scope, socket, lock })
    }
}
