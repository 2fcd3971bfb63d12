use super::{Command, reboot::reboot};
use crate::{arguments::Arguments, failure::Failure, output};
use api_client::Client;
use serde_json::Value;
use std::{
    process::ExitCode,
    thread::sleep,
    time::{Duration, Instant},
};

pub const COMMAND: Command = Command {
    name: "update",
    summary: "Looks for updates, applies one, or takes it back",
    usage: "check | apply [-c] [-r] | cancel

  check           show what there is
  apply           write the update that was found to the other slot, and let the next boot take it
    -c, --check     look for one first
    -r, --reboot    reboot when it is applied
  cancel          let the next boot take the running slot again
",
    run,
};

const POLL: Duration = Duration::from_millis(200);
/// A command of the updater, as the API names it in its path and in its outcome, and how long it may take.
struct Step {
    path: &'static str,
    name: &'static str,
    deadline: Duration,
}

/// The updater waits 10 s for the clock to be set, and a repository may be slow.
const REFRESH: Step = Step { path: "/actions/refresh-updates", name: "refresh", deadline: Duration::from_secs(300) };
/// It downloads whole images.
const PREPARE: Step = Step { path: "/actions/prepare-update", name: "prepare", deadline: Duration::from_secs(3600) };
const ACTIVATE: Step = Step { path: "/actions/activate-update", name: "activate", deadline: Duration::from_secs(60) };
const DEACTIVATE: Step =
    Step { path: "/actions/deactivate-update", name: "deactivate", deadline: Duration::from_secs(60) };

fn run(mut arguments: Arguments) -> Result<ExitCode, Failure> {
    let action = arguments.next()?.map(|arg| arg.into_name()).transpose()?;
    match action.as_deref() {
        Some("check") => {
            arguments.end()?;
            output::print_json(&REFRESH.run(&arguments.client())?)?;
        }
        Some("apply") => apply(arguments)?,
        Some("cancel") => {
            arguments.end()?;
            DEACTIVATE.run(&arguments.client())?;
            eprintln!("The next boot takes the running version again.");
        }
        _ => return Err(Failure::Usage("update takes check, apply or cancel".into())),
    }
    Ok(ExitCode::SUCCESS)
}

fn apply(mut arguments: Arguments) -> Result<(), Failure> {
    let (mut check, mut then_reboot) = (false, false);
    while let Some(arg) = arguments.next()? {
        if arg.is('c', "check") {
            check = true;
        } else if arg.is('r', "reboot") {
            then_reboot = true;
        } else {
            return Err(arg.unexpected());
        }
    }
    let client = arguments.client();
    let status = if check { REFRESH.run(&client)? } else { status(&client)? };
    match status["update_state"].as_str() {
        Some("Idle") if check => {
            eprintln!("There is no update.");
            return Ok(());
        }
        Some("Idle") => return Err(Failure::Failed("no update was found yet; look for one with --check".into())),
        Some("Ready") => eprintln!("An update is applied already."),
        _ => {
            PREPARE.run(&client)?;
            ACTIVATE.run(&client)?;
            eprintln!("The update is applied; the next boot takes it.");
        }
    }
    if then_reboot { reboot(&client) } else { Ok(()) }
}

impl Step {
    /// The status after its success.
    fn run(&self, client: &Client) -> Result<Value, Failure> {
        let start = Instant::now();
        let dispatched = client.call("POST", self.path, b"")?.success();
        dispatched.map_err(|refused| Failure::Failed(format!("{} was refused: {refused}", self.name)))?;
        loop {
            if let Some(status) = self.outcome(client)? {
                return Ok(status);
            }
            if start.elapsed() > self.deadline {
                let seconds = self.deadline.as_secs();
                return Err(Failure::Failed(format!(
                    "timed out waiting {seconds} s for the end of {}; it goes on, see \"apiclient get /updates/status\"",
                    self.name
                )));
            }
            sleep(POLL);
        }
    }

    /// The status once the command has ended well; nothing while it goes on.
    fn outcome(&self, client: &Client) -> Result<Option<Value>, Failure> {
        let answer = client.call("GET", "/updates/status", b"")?;
        if answer.status == LOCKED {
            return Ok(None);
        }
        let status = parse(answer)?;
        let command = &status["most_recent_command"];
        let failed = |reason: &str| Err(Failure::Failed(format!("{} failed: {reason}", self.name)));
        match (command["cmd_type"].as_str(), command["cmd_status"].as_str()) {
            (Some(name), _) if name != self.name => failed(&format!("{name} was started meanwhile")),
            (_, Some("Success")) => Ok(Some(status)),
            _ => failed(command["stderr"].as_str().unwrap_or("it was ended before its time")),
        }
    }
}

/// What the API answers while a command is at work.
const LOCKED: u16 = 423;

fn status(client: &Client) -> Result<Value, Failure> {
    parse(client.call("GET", "/updates/status", b"")?)
}

fn parse(answer: api_client::http::Response) -> Result<Value, Failure> {
    let answer = answer.success().map_err(|refused| Failure::Failed(format!("GET /updates/status: {refused}")))?;
    serde_json::from_slice(&answer.body)
        .map_err(|error| Failure::Failed(format!("GET /updates/status: the answer is not JSON: {error}")))
}
