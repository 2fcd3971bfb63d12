use models::Key;
use std::{
    io::{self, Read},
    path::PathBuf,
};

/// The API takes no larger body, and a key that is written out is not four times as long as in it.
const MAX_KEYS_BYTES: u64 = 4 << 20;

/// What is to be applied.
#[derive(Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everything, after committing what was put together at boot. No service is restarted: those that read the files
    /// start later.
    Boot,
    All,
    /// Only what the settings with these keys affect.
    Keys(Vec<Key>),
}

pub struct Args {
    pub scope: Scope,
    pub socket: PathBuf,
    pub lock: PathBuf,
}

const USAGE: &str = "it takes one of --boot, --all, --keys (one on each line of standard input), and optionally --socket PATH, --lock PATH";

impl Args {
    /// # Errors
    /// On an unknown flag, one without its value, when no scope or more than one is given, or when `keys` holds what is none.
    pub fn parse(mut args: impl Iterator<Item = String>, keys: impl Read) -> Result<Self, String> {
        let mut keys = Some(keys);
        let mut scopes = Vec::new();
        let mut socket = PathBuf::from("/run/api.sock");
        let mut lock = PathBuf::from("/run/lock/settings-applier.lock");
        while let Some(flag) = args.next() {
            let mut value = || args.next().ok_or_else(|| format!("{flag} needs a value; {USAGE}"));
            match flag.as_str() {
                "--boot" => scopes.push(Scope::Boot),
                "--all" => scopes.push(Scope::All),
                "--keys" => scopes.extend(keys.take().map(read_keys).transpose()?.map(Scope::Keys)),
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

fn read_keys(input: impl Read) -> Result<Vec<Key>, String> {
    let text = io::read_to_string(input.take(MAX_KEYS_BYTES)).map_err(|error| format!("standard input: {error}"))?;
    let key = |line| Key::parse(line).map_err(|error| format!("standard input holds what is not a key: {error}"));
    text.lines().map(key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &str, keys: &str) -> Result<Scope, String> {
        Args::parse(args.split_whitespace().map(str::to_owned), keys.as_bytes()).map(|args| args.scope)
    }

    #[test]
    fn keys_are_lines() {
        let keys = ["settings.motd", "settings.kernel.sysctl.\"a.b\""].map(|key| Key::parse(key).expect("a key"));
        assert_eq!(parse("--keys", "settings.motd\nsettings.kernel.sysctl.\"a.b\"\n"), Ok(Scope::Keys(keys.to_vec())));
        assert_eq!(parse("--keys", ""), Ok(Scope::Keys(Vec::new())));
        for bad in ["a..b\n", "a\n\nb\n", "settings.motd,settings.ntp"] {
            assert!(parse("--keys", bad).expect_err(bad).contains("not a key"));
        }
    }

    #[test]
    fn one_scope_is_taken() {
        assert_eq!(parse("--all", ""), Ok(Scope::All));
        assert!(parse("", "").expect_err("none").starts_with("0 scopes"));
        assert!(parse("--all --keys", "").expect_err("two").starts_with("2 scopes"));
    }
}
