use super::Command;
use crate::{arguments::Arguments, failure::Failure, output};
use api_client::Client;
use serde_json::Value;
use std::{
    fmt::Write,
    process::ExitCode,
    thread::sleep,
    time::{Duration, Instant},
};

pub const COMMAND: Command = Command {
    name: "livepatch",
    summary: "Patches the kernel while it runs, or takes a patch back",
    usage: "list | apply NAME | revert NAME

  list            look what the repository has, and show the state of all patches
    -j, --json      everything that the host API knows of them
  apply NAME      fetch a patch and load it, also at each boot of this kernel
  revert NAME     take a patch out of the kernel
",
    run,
};

const POLL: Duration = Duration::from_millis(200);
/// A repository may be slow; a transition is given 20 s.
const DEADLINE: Duration = Duration::from_secs(600);

fn run(mut arguments: Arguments) -> Result<ExitCode, Failure> {
    let action = arguments.next()?.map(|arg| arg.into_name()).transpose()?;
    match action.as_deref() {
        Some("list") => list(arguments)?,
        Some("apply") => change(arguments, "apply")?,
        Some("revert") => change(arguments, "revert")?,
        _ => return Err(Failure::Usage("livepatch takes list, apply NAME or revert NAME".into())),
    }
    Ok(ExitCode::SUCCESS)
}

fn list(mut arguments: Arguments) -> Result<(), Failure> {
    let mut json = false;
    while let Some(arg) = arguments.next()? {
        if !arg.is('j', "json") {
            return Err(arg.unexpected());
        }
        json = true;
    }
    let status = carry_out(&arguments.client(), "/actions/refresh-livepatches", "refresh", None)?;
    if json { output::print_json(&status) } else { output::print(table(&status).as_bytes()) }
}

fn change(mut arguments: Arguments, command: &str) -> Result<(), Failure> {
    let name = arguments.next()?.map(|arg| arg.into_name()).transpose()?;
    let name = name.ok_or_else(|| Failure::Usage(format!("livepatch {command} takes the name of a live patch")))?;
    arguments.end()?;
    // It becomes a part of an address; the API has the whole rule.
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Err(Failure::Usage("a live patch's name has a-z, 0-9 and \"-\"".into()));
    }
    let path = format!("/actions/{command}-livepatch?name={name}");
    carry_out(&arguments.client(), &path, command, Some(&name))?;
    eprintln!("{}", if command == "apply" { "The live patch is applied." } else { "The live patch is reverted." });
    Ok(())
}

/// The status after the command's success.
fn carry_out(client: &Client, path: &str, command: &str, name: Option<&str>) -> Result<Value, Failure> {
    let start = Instant::now();
    let dispatched = client.call("POST", path, b"")?.success();
    dispatched.map_err(|refused| Failure::Failed(format!("{command} was refused: {refused}")))?;
    loop {
        let status = status(client)?;
        let last = &status["most_recent_command"];
        let failed = |reason: &str| Err(Failure::Failed(format!("{command} failed: {reason}")));
        if last["cmd_type"].as_str() != Some(command) || last["name"].as_str() != name {
            return failed("another command was started meanwhile");
        }
        match last["cmd_status"].as_str() {
            Some("Success") => return Ok(status),
            Some("Failed") => return failed(last["stderr"].as_str().unwrap_or("it gives no reason")),
            _ if start.elapsed() > DEADLINE => {
                let seconds = DEADLINE.as_secs();
                return failed(&format!(
                    "timed out waiting {seconds} s; it goes on, see \"apiclient get /livepatches\""
                ));
            }
            _ => sleep(POLL),
        }
    }
}

fn status(client: &Client) -> Result<Value, Failure> {
    let answer = client.call("GET", "/livepatches", b"")?.success();
    let answer = answer.map_err(|refused| Failure::Failed(format!("GET /livepatches: {refused}")))?;
    serde_json::from_slice(&answer.body)
        .map_err(|error| Failure::Failed(format!("GET /livepatches: the answer is not JSON: {error}")))
}

/// A line for each patch, then why the kernel counts as tainted.
fn table(status: &Value) -> String {
    let mut text = String::new();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    for patch in list(&status["livepatches"]) {
        let word = |key: &str| patch[key].as_str().unwrap_or_default().to_owned();
        let _ = writeln!(text, "{:<10} {:<32} {}", word("state"), word("name"), word("title"));
        if let Some(reason) = patch["reason"].as_str() {
            let _ = writeln!(text, "           {reason}");
        }
        for task in list(&patch["holding"]) {
            let _ =
                writeln!(text, "           held up by {} ({})", task["pid"], task["comm"].as_str().unwrap_or_default());
        }
    }
    if text.is_empty() {
        text.push_str("There are no live patches for this kernel.\n");
    }
    for flag in list(&status["taint"]["flags"]) {
        let word = |key: &str| flag[key].as_str().unwrap_or_default().to_owned();
        let _ = writeln!(text, "kernel tainted {}: {}", word("letter"), word("reason"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_stuck_patch_is_shown_with_its_task() {
        let patch = json!({"name": "a", "title": "T", "state": "stuck", "reason": "slow",
                           "holding": [{"pid": 7, "comm": "kauditd"}]});
        let shown = table(&json!({"livepatches": [patch], "taint": {"flags": [{"letter": "K", "reason": "patched"}]}}));
        for line in ["stuck      a ", "           slow\n", "held up by 7 (kauditd)", "kernel tainted K: patched"] {
            assert!(shown.contains(line), "{line:?} in {shown}");
        }
        assert!(table(&json!({"livepatches": []})).starts_with("There are no live patches"));
    }
}
