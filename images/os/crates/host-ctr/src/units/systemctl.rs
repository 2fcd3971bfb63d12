use std::process::{Child, Command, Stdio};

/// Begins a call of `systemctl`; what goes wrong is in its exit status, and its words in the journal.
pub fn begin(arguments: &[&str]) -> Result<Child, String> {
    let spawned = Command::new("systemctl").args(arguments).stdin(Stdio::null()).spawn();
    spawned.map_err(|error| format!("systemctl: {error}"))
}

pub fn run(arguments: &[&str]) -> Result<(), String> {
    let status = begin(arguments)?.wait().map_err(|error| format!("systemctl: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("systemctl {}: {status}", arguments.join(" "))) }
}
