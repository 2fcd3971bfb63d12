use lexopt::{Arg, Parser, ValueExt};
use std::{path::PathBuf, process};

const HELP: &str = "\
Collects logs and facts of this machine into one archive.

Usage: logdog [OPTION...]

  -o, --output DIRECTORY   where bottlerocket-logs.tar.gz goes: /var/log/support, which host containers see as
                           /.bottlerocket/support
      --requests DIRECTORY what to collect, /usr/share/logdog.d by default
  -s, --socket-path PATH   the host API's socket, /run/api.sock by default
  -h, --help               show this
      --version            show the version
";

pub struct Arguments {
    pub directory: PathBuf,
    pub requests: PathBuf,
    pub socket: PathBuf,
}

impl Arguments {
    pub fn parse() -> Result<Self, String> {
        Self::parse_from(Parser::from_env()).map_err(|error| format!("{error}; \"logdog --help\" shows the options"))
    }

    fn parse_from(mut parser: Parser) -> Result<Self, lexopt::Error> {
        let mut parsed = Self {
            directory: "/var/log/support".into(),
            requests: "/usr/share/logdog.d".into(),
            socket: "/run/api.sock".into(),
        };
        while let Some(arg) = parser.next()? {
            match arg {
                Arg::Short('o') | Arg::Long("output") => parsed.directory = parser.value()?.parse()?,
                Arg::Long("requests") => parsed.requests = parser.value()?.parse()?,
                Arg::Short('s') | Arg::Long("socket-path") => parsed.socket = parser.value()?.parse()?,
                Arg::Short('h') | Arg::Long("help") => show(HELP),
                Arg::Long("version") => show(concat!("logdog ", env!("CARGO_PKG_VERSION"), "\n")),
                arg => return Err(arg.unexpected()),
            }
        }
        Ok(parsed)
    }
}

fn show(text: &str) -> ! {
    print!("{text}");
    process::exit(0)
}
