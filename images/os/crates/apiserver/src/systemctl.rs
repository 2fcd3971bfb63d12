use serde::Deserialize;
use std::{process::Stdio, time::Duration};
use tokio::{process::Command, time::timeout};

/// PID 1 answers in milliseconds; under emulation, in the middle of a boot, a second was seen.
const DEADLINE: Duration = Duration::from_secs(20);

/// The standard output of a `systemctl` call, which talks to PID 1's private socket and so needs no message bus.
pub async fn run(args: &[&str]) -> Result<String, String> {
    let call = format!("systemctl {}", args.join(" "));
    let output = Command::new("systemctl").args(args).stdin(Stdio::null()).kill_on_drop(true).output();
    let output = match timeout(DEADLINE, output).await {
        Ok(output) => output.map_err(|error| format!("{call}: {error}"))?,
        Err(_) => return Err(format!("{call}: no answer within {} s", DEADLINE.as_secs())),
    };
    if !output.status.success() {
        return Err(format!("{call}: {}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim()));
    }
    String::from_utf8(output.stdout).map_err(|error| format!("{call}: {error}"))
}

/// The names in the JSON of `systemctl list-units`.
pub fn unit_names(json: &str) -> Result<Vec<String>, String> {
    #[derive(Deserialize)]
    struct Listed {
        unit: String,
    }
    let listed: Vec<Listed> = serde_json::from_str(json).map_err(|error| format!("systemctl list-units: {error}"))?;
    Ok(listed.into_iter().map(|listed| listed.unit).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failed_units_are_listed_by_name() {
        let json = r#"[{"unit":"a.service","load":"loaded","active":"failed","sub":"failed","description":"A"}]"#;
        assert_eq!(unit_names(json), Ok(vec!["a.service".to_owned()]));
        assert_eq!(unit_names("[]"), Ok(vec![]));
        assert!(unit_names("").is_err());
    }
}
