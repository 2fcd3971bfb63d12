//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

pub const USAGE: &str = "\
usage: bridge serve [--port PATH] [--services FILE]   carry streams; PATH is a device or a unix socket
       bridge probe NAME                              exit 0 if the host gave a port of this name, else 1
       bridge exec NAME COMMAND [ARGUMENT...]         run COMMAND with its output on the port of this name";

const BRIDGE_PORT: &str = "hotfire.bridge";
const SERVICES: &str = "/usr/share/sparkler/bridge.toml";

#[derive(Debug, PartialEq, Eq)]
pub enum Action {
    Serve { port: PortChoice, services: PathBuf },
    Probe { name: String },
    Exec { name: String, command: Vec<OsString> },
}

#[derive(Debug, PartialEq, Eq)]
pub enum PortChoice {
    Named(&'static str),
    At(PathBuf),
}

/// None for anything but what `USAGE` shows.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Option<Action> {
    let mut arguments = arguments.into_iter();
    match arguments.next()?.to_str()? {
        "serve" => parse_serve(arguments),
        "probe" => {
            let name = arguments.next()?.into_string().ok()?;
            arguments.next().is_none().then_some(Action::Probe { name })
        }
        "exec" => {
            let name = arguments.next()?.into_string().ok()?;
            let command: Vec<_> = arguments.collect();
            (!command.is_empty()).then_some(Action::Exec { name, command })
        }
        _ => None,
    }
}

fn parse_serve(mut arguments: impl Iterator<Item = OsString>) -> Option<Action> {
    let (mut port, mut services) = (PortChoice::Named(BRIDGE_PORT), PathBuf::from(SERVICES));
    while let Some(flag) = arguments.next() {
        let value = PathBuf::from(arguments.next()?);
        match flag.to_str()? {
            "--port" => port = PortChoice::At(value),
            "--services" => services = value,
            _ => return None,
        }
    }
    Some(Action::Serve { port, services })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_words(line: &str) -> Option<Action> {
        parse(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn reads_what_the_usage_shows() {
        let named = PortChoice::Named(BRIDGE_PORT);
        assert_eq!(parse_words("serve"), Some(Action::Serve { port: named, services: SERVICES.into() }));
        let chosen = Action::Serve { port: PortChoice::At("/p".into()), services: "/s".into() };
        assert_eq!(parse_words("serve --port /p --services /s"), Some(chosen));
        assert_eq!(parse_words("probe a.b"), Some(Action::Probe { name: "a.b".into() }));
        let command = vec!["/bin/x".into(), "-f".into()];
        assert_eq!(parse_words("exec a.b /bin/x -f"), Some(Action::Exec { name: "a.b".into(), command }));
    }

    #[test]
    fn refuses_the_rest() {
        for line in ["", "run", "serve --port", "serve --prot /p", "probe", "probe a b", "exec a"] {
            assert_eq!(parse_words(line), None, "{line}");
        }
    }
}
