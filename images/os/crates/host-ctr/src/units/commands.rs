use super::once;
use crate::{
    configuration::{self, Mode},
    kind::Host,
};
use serde::Deserialize;
use std::process::{Command, Stdio};

const FAMILY: &str = "bootstrap-commands";
/// The only program that a command can name (the model of the settings refuses others).
const APICLIENT: &str = "/usr/bin/apiclient";

#[derive(Deserialize)]
struct Commands {
    #[serde(default)]
    commands: Vec<Vec<String>>,
    mode: Mode,
    #[serde(default)]
    essential: bool,
}

/// Runs all bootstrap commands in the order of their names. Returns the essential ones that failed; none after them is run.
pub fn run_commands(host: &Host) -> Result<Vec<String>, String> {
    for (name, set) in configuration::read_lines::<Commands>(&host.configuration_file(FAMILY))? {
        match run(host, &set.commands) {
            Ok(()) if set.mode == Mode::Once => once::switch_off(host, FAMILY, &name)?,
            Ok(()) => {}
            Err(reason) => {
                eprintln!("{FAMILY} {name}: {reason}");
                if set.essential {
                    return Ok(vec![name]);
                }
            }
        }
    }
    Ok(Vec::new())
}

/// A command may hold a secret, so it is told by its number.
fn run(host: &Host, commands: &[Vec<String>]) -> Result<(), String> {
    for (number, command) in (1..).zip(commands) {
        let arguments = command.get(1..).unwrap_or_default();
        let status = Command::new(host.at(APICLIENT)).args(arguments).stdin(Stdio::null()).status();
        let status = status.map_err(|error| format!("{APICLIENT}: {error}"))?;
        if !status.success() {
            return Err(format!("command {number}: {status}"));
        }
    }
    Ok(())
}
