//! One module for each sub-command.

mod apply;
mod exec;
mod get;
mod livepatch;
mod raw;
mod reboot;
mod report;
mod set;
mod update;

use crate::{arguments::Arguments, failure::Failure};
use std::{fmt::Write, process::ExitCode};

pub struct Command {
    name: &'static str,
    /// In the list of all.
    summary: &'static str,
    /// What may follow the name, and what it means.
    usage: &'static str,
    pub run: fn(Arguments) -> Result<ExitCode, Failure>,
}

const COMMANDS: [&Command; 9] = [
    &get::COMMAND,
    &set::COMMAND,
    &apply::COMMAND,
    &exec::COMMAND,
    &update::COMMAND,
    &livepatch::COMMAND,
    &report::COMMAND,
    &reboot::COMMAND,
    &raw::COMMAND,
];

const GLOBAL_OPTIONS: &str = "\
Options of all sub-commands:
  -s, --socket-path PATH   the host API's socket, /run/api.sock by default
  -v, --verbose            tell more on standard error
  -h, --help               show this
      --version            show the version
";

impl Command {
    pub fn help(&self) -> String {
        format!("{}.\n\nUsage: apiclient {} {}\n{GLOBAL_OPTIONS}", self.summary, self.name, self.usage)
    }
}

pub fn find(name: &str) -> Option<&'static Command> {
    COMMANDS.into_iter().find(|command| command.name == name)
}

pub fn hint() -> String {
    let names: Vec<_> = COMMANDS.iter().map(|command| command.name).collect();
    format!("There are {}; \"apiclient --help\" describes them", names.join(", "))
}

pub fn help() -> String {
    let mut help =
        "Asks and changes this machine by its host API.\n\nUsage: apiclient COMMAND [OPTION...]\n\n".to_owned();
    for Command { name, summary, .. } in COMMANDS {
        let _ = writeln!(help, "  {name:<9} {summary}");
    }
    format!("{help}\n\"apiclient COMMAND --help\" shows what a command takes.\n\n{GLOBAL_OPTIONS}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_in_the_help_and_found_by_its_name() {
        for command in COMMANDS {
            assert!(help().contains(&format!("\n  {:<9} {}\n", command.name, command.summary)));
            assert!(command.help().contains(&format!("apiclient {} ", command.name)));
            assert_eq!(find(command.name).map(|found| found.name), Some(command.name));
        }
        assert!(find("gets").is_none());
    }
}
