use std::path::PathBuf;

pub struct Args {
    /// Where the machine's files begin.
    pub root: PathBuf,
    pub socket: PathBuf,
}

impl Args {
    /// # Errors
    /// On an unknown flag or one without its value.
    pub fn parse(mut args: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut parsed = Self { root: "/".into(), socket: "/run/api.sock".into() };
        while let Some(flag) = args.next() {
            let place = match flag.as_str() {
                "--root" => &mut parsed.root,
                "--socket" => &mut parsed.socket,
                _ => return Err(format!("{flag:?} is not a flag; there are --root and --socket, each with a path")),
            };
            *place = args.next().ok_or_else(|| format!("{flag} needs a path after it"))?.into();
        }
        Ok(parsed)
    }
}
