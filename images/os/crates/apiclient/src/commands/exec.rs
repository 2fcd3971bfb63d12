use super::Command;
use crate::{arguments::Arguments, failure::Failure, session, session::Request};
use std::{
    ffi::OsString,
    io::{IsTerminal, stdin, stdout},
    process::ExitCode,
};

pub const COMMAND: Command = Command {
    name: "exec",
    summary: "Runs a command in a host container, with this input and output",
    usage: "[-t | -T] CONTAINER [--] COMMAND [ARG...]

  -t, --tty      run it in a terminal; so it is when input and output are one
  -T, --no-tty   run it without

The exit code is the command's; 1 also if it could not be run, with the reason on standard error. A command that a signal
ended has 128 and the signal's number. Once apiclient has ended, the command is killed.
",
    run,
};

fn run(mut arguments: Arguments) -> Result<ExitCode, Failure> {
    let mut tty = None;
    let target = loop {
        let usage = || Failure::Usage("exec needs a CONTAINER and a COMMAND".into());
        let arg = arguments.next()?.ok_or_else(usage)?;
        if arg.is('t', "tty") {
            tty = Some(true);
        } else if arg.is('T', "no-tty") {
            tty = Some(false);
        } else {
            break arg.into_name()?;
        }
    };
    let command = command(arguments.rest()?)?;
    let tty = tty.unwrap_or_else(|| stdin().is_terminal() && stdout().is_terminal());
    session::run(arguments.socket(), &Request { target, command, tty })
}

/// Options of the command are not options of this program.
fn command(mut rest: Vec<OsString>) -> Result<Vec<OsString>, Failure> {
    if rest.first().is_some_and(|first| first == "--") {
        rest.remove(0);
    }
    if rest.is_empty() {
        return Err(Failure::Usage("exec needs a COMMAND after the container's name".into()));
    }
    Ok(rest)
}
