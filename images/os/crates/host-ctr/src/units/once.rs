use crate::{
    configuration::{self, Mode},
    kind::{Host, Target},
};
use api_client::Client;
use serde_json::json;
use std::fs;

/// Notes that a bootstrap container has done its work: it does not run again in this boot, nor in a later one if it was
/// to run once.
///
/// # Errors
/// When that cannot be noted.
pub fn has_succeeded(target: &Target) -> Result<(), String> {
    let marker = target.run_file("ran");
    fs::write(&marker, b"").map_err(|error| format!("{}: {error}", marker.display()))?;
    let mode = configuration::of(target)?.and_then(|configuration| configuration.mode);
    match mode {
        Some(Mode::Once) => switch_off(&target.host, target.kind.family(), &target.name),
        _ => Ok(()),
    }
}

/// Sets `settings.<family>.<name>.mode` to "off".
pub fn switch_off(host: &Host, family: &str, name: &str) -> Result<(), String> {
    let client = Client::new(&host.api_socket());
    let transaction = format!("{family}-{name}");
    let body = json!({ family: { name: { "mode": "off" } } }).to_string();
    for (method, target, body) in [
        ("PATCH", format!("/settings?tx={transaction}"), body.as_bytes()),
        ("POST", format!("/tx/commit_and_apply?tx={transaction}"), b""),
    ] {
        client.call(method, &target, body).map_err(|error| error.to_string())?.success()?;
    }
    Ok(())
}
