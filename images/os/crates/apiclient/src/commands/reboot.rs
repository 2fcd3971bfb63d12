use super::Command;
use crate::{arguments::Arguments, failure::Failure};
use api_client::Client;
use std::process::ExitCode;

pub const COMMAND: Command = Command {
    name: "reboot",
    summary: "Reboots the machine",
    usage: "
",
    run,
};

fn run(mut arguments: Arguments) -> Result<ExitCode, Failure> {
    arguments.end()?;
    reboot(&arguments.client())?;
    Ok(ExitCode::SUCCESS)
}

/// Returns when the machine has taken it on.
pub fn reboot(client: &Client) -> Result<(), Failure> {
    let answer = client.call("POST", "/actions/reboot", b"")?.success();
    answer.map_err(|refused| Failure::Failed(format!("the reboot was refused: {refused}")))?;
    Ok(())
}
