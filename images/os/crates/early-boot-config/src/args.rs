use std::path::PathBuf;

pub struct Args {
    /// Where the machine's files begin.
    pub root: PathBuf,
    pub socket: PathBuf,
    /// Host and port of EC2's instance metadata service; none where there is none to ask.
    pub imds: Option<String>,
}

impl Args {
    /// # Errors
    /// On an unknown flag or one without its value.
    pub fn parse(mut args: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut parsed = Self { root: "/".into(), socket: "/run/api.sock".into(), imds: None };
        while let Some(flag) = args.next() {
            let mut value = || args.next().ok_or_else(|| format!("{flag} needs a value after it"));
            match flag.as_str() {
                "--root" => parsed.root = value()?.into(),
                "--socket" => parsed.socket = value()?.into(),
                "--imds" => parsed.imds = Some(value()?),
                _ => {
                    return Err(format!(
                        "{flag:?} is not a flag; there are --root and --socket, each with a path, \
                         and --imds with a host and its port"
                    ));
                }
            }
        }
        Ok(parsed)
    }
}
