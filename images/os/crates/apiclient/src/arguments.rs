use crate::{
    commands::{self, Command},
    failure::Failure,
    output,
};
use api_client::Client;
use lexopt::{Arg, Parser};
use std::{ffi::OsString, path::PathBuf, process};

/// Where the host API listens; in host containers, too.
const SOCKET: &str = "/run/api.sock";
/// May be omitted, as upstream has it.
const DEFAULT_COMMAND: &str = "raw";

/// What follows the name of a sub-command. The options that all of them have are taken out on the way.
pub struct Arguments {
    parser: Parser,
    global: Global,
    help: String,
}

struct Global {
    socket: PathBuf,
    /// Tells more than was asked for, on standard error.
    verbose: bool,
}

impl Arguments {
    /// The name of the sub-command, if there is one, and its arguments.
    pub fn split(given: Vec<OsString>) -> Result<(Option<String>, Self), Failure> {
        let mut global = Global { socket: SOCKET.into(), verbose: false };
        let mut parser = Parser::from_args(given.clone());
        while let Some(arg) = parser.next()? {
            if let Arg::Value(name) = arg {
                let parser = Parser::from_args(parser.raw_args()?.collect::<Vec<_>>());
                return Ok((Some(name.to_string_lossy().into_owned()), Self::new(parser, global)));
            }
            if is_help(&arg) {
                finish(&commands::help());
            }
            let arg = owned(arg);
            if !global.take(&arg, &mut parser)? {
                return Ok((Some(DEFAULT_COMMAND.to_owned()), Self::new(Parser::from_args(given), global)));
            }
        }
        Ok((None, Self::new(parser, global)))
    }

    fn new(parser: Parser, global: Global) -> Self {
        Self { parser, global, help: String::new() }
    }

    /// From here on, `--help` is about this command.
    pub fn describe(&mut self, command: &Command) {
        self.help = command.help();
    }

    /// The next argument that is the sub-command's own.
    pub fn next(&mut self) -> Result<Option<OwnArg>, Failure> {
        while let Some(arg) = self.parser.next()? {
            if is_help(&arg) {
                finish(&self.help);
            }
            let arg = owned(arg);
            if !self.global.take(&arg, &mut self.parser)? {
                return Ok(Some(arg));
            }
        }
        Ok(None)
    }

    /// The value of the option that came last.
    pub fn value(&mut self) -> Result<String, Failure> {
        text(self.parser.value()?)
    }

    /// Everything that is left, as it is.
    pub fn rest(&mut self) -> Result<Vec<OsString>, Failure> {
        Ok(self.parser.raw_args()?.collect())
    }

    /// All that is left is names; no option is allowed.
    pub fn names(&mut self) -> Result<Vec<String>, Failure> {
        let mut names = Vec::new();
        while let Some(arg) = self.next()? {
            names.push(arg.into_name()?);
        }
        Ok(names)
    }

    /// Nothing may be left.
    pub fn end(&mut self) -> Result<(), Failure> {
        self.next()?.map_or(Ok(()), |arg| Err(arg.unexpected()))
    }

    pub fn client(&self) -> Client {
        Client::new(&self.global.socket)
    }

    pub fn socket(&self) -> &std::path::Path {
        &self.global.socket
    }

    pub fn verbose(&self) -> bool {
        self.global.verbose
    }
}

impl Global {
    fn take(&mut self, arg: &OwnArg, parser: &mut Parser) -> Result<bool, Failure> {
        match arg {
            OwnArg::Short('s') => self.socket = parser.value()?.into(),
            OwnArg::Long(name) if name == "socket-path" => self.socket = parser.value()?.into(),
            OwnArg::Short('v') => self.verbose = true,
            OwnArg::Long(name) if name == "verbose" => self.verbose = true,
            OwnArg::Long(name) if name == "version" => finish(concat!("apiclient ", env!("CARGO_PKG_VERSION"), "\n")),
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// An argument that borrows nothing.
#[derive(Debug, PartialEq)]
pub enum OwnArg {
    Short(char),
    Long(String),
    Value(OsString),
}

impl OwnArg {
    /// Whether it is this option.
    pub fn is(&self, short: char, long: &str) -> bool {
        match self {
            Self::Short(name) => *name == short,
            Self::Long(name) => name == long,
            Self::Value(_) => false,
        }
    }

    pub fn into_name(self) -> Result<String, Failure> {
        match self {
            Self::Value(value) => text(value),
            option => Err(option.unexpected()),
        }
    }

    pub fn unexpected(self) -> Failure {
        let shown = match self {
            Self::Short(name) => format!("the option -{name}"),
            Self::Long(name) => format!("the option --{name}"),
            Self::Value(value) => format!("the argument {value:?}"),
        };
        Failure::Usage(format!(
            "{shown} is not known here; \"apiclient COMMAND --help\" shows what a sub-command takes"
        ))
    }
}

fn owned(arg: Arg<'_>) -> OwnArg {
    match arg {
        Arg::Short(name) => OwnArg::Short(name),
        Arg::Long(name) => OwnArg::Long(name.to_owned()),
        Arg::Value(value) => OwnArg::Value(value),
    }
}

fn is_help(arg: &Arg<'_>) -> bool {
    matches!(arg, Arg::Short('h') | Arg::Long("help"))
}

fn text(value: OsString) -> Result<String, Failure> {
    value.into_string().map_err(|value| Failure::Usage(format!("{value:?} is not UTF-8")))
}

/// Help and version were asked for: they are the output, and nothing has failed.
fn finish(shown: &str) -> ! {
    process::exit(i32::from(output::print(shown.as_bytes()).is_err()))
}
