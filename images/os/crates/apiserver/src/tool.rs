//! Programs of systemd that a report asks.

use std::{process::Stdio, time::Duration};
use tokio::{process::Command, time::timeout};

/// They answer in milliseconds; under emulation, in the middle of a boot, a second was seen.
const DEADLINE: Duration = Duration::from_secs(20);

/// The standard output of a call. The error names the call, and quotes what it said.
pub async fn run(program: &str, args: &[&str]) -> Result<String, String> {
    let call = format!("{program} {}", args.join(" "));
    let output = Command::new(program).args(args).stdin(Stdio::null()).kill_on_drop(true).output();
    let output = match timeout(DEADLINE, output).await {
        Ok(output) => output.map_err(|error| format!("{call}: {error}"))?,
        Err(_) => return Err(format!("{call}: no answer within {} s", DEADLINE.as_secs())),
    };
    if !output.status.success() {
        return Err(format!("{call}: {}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim()));
    }
    String::from_utf8(output.stdout).map_err(|error| format!("{call}: {error}"))
}
