//! Read-only reports. `boot-time`, `host-containers`, `last-boot`, `settings` and `system` are Sparkler's own; a report that
//! upstream has too keeps upstream's form.

mod boot_time;
mod file_systems;
mod host_containers;
mod identity;
mod last_boot;
mod machine;
mod mounts;
mod root;
pub mod taint;

use crate::{answer::Answer, app::App, error::ApiError, systemctl, tool};
use models::{Key, tree};
use serde_json::json;
use std::path::Path;

pub fn list() -> Result<Answer, ApiError> {
    Answer::json(&json!([
        { "name": "boot-time", "description": "How long each phase of this boot took, in milliseconds" },
        { "name": "host-containers", "description": "What became of host and bootstrap containers in this boot" },
        { "name": "last-boot", "description": "The last entries that the journal has of the boot before this one" },
        { "name": "settings", "description": "Which settings nothing applies, and whether the store was ever damaged" },
        { "name": "system", "description": "What the running system shows of its settings, mounts and units" },
    ]))
}

pub async fn boot_time() -> Result<Answer, ApiError> {
    let shown = systemctl::run(&["show", "--property", boot_time::PROPERTIES]).await.map_err(ApiError::Report)?;
    Answer::json(&boot_time::parse(&shown))
}

pub fn host_containers(app: &App) -> Result<Answer, ApiError> {
    Answer::json(&host_containers::describe(app, Path::new("/run")))
}

/// Empty where the journal has no boot before this one, for which journalctl ends as for a failure.
pub async fn last_boot() -> Result<Answer, ApiError> {
    let listed = tool::run("journalctl", &["--list-boots", "--output=json", "--quiet"]).await;
    let boots: Vec<serde_json::Value> = serde_json::from_str(&listed.map_err(ApiError::Report)?)
        .map_err(|error| ApiError::Report(error.to_string()))?;
    if boots.len() < 2 {
        return Answer::json(&json!({ "entries": [] }));
    }
    let lines = tool::run("journalctl", &last_boot::QUESTION).await.map_err(ApiError::Report)?;
    Answer::json(&json!({ "entries": last_boot::parse(&lines) }))
}

pub fn settings(app: &App) -> Result<Answer, ApiError> {
    let store = app.store();
    let keys: Vec<_> = tree::leaves(&Key::from_iter(["settings"]), store.live()).into_keys().collect();
    let idle: Vec<_> = app.defaults.not_applied(&keys).iter().map(ToString::to_string).collect();
    Answer::json(&json!({ "not_applied": idle, "damaged_store": store.damaged() }))
}

pub async fn system(app: &App) -> Result<Answer, ApiError> {
    let listed = systemctl::run(&["list-units", "--failed", "--output", "json"]).await.map_err(ApiError::Report)?;
    let failed = systemctl::unit_names(&listed).map_err(ApiError::Report)?;
    let root = root::describe();
    Answer::json(&json!({
        "hostname": machine::host_name(),
        "motd": machine::motd(app),
        "sysctl": machine::sysctls(app),
        "lockdown": machine::lockdown(),
        "time-servers": machine::time_servers(app),
        "slot": root.as_ref().and_then(|root| root.slot.clone()),
        "root": root,
        "mounts": mounts::list(),
        "damaged_file_systems": file_systems::damaged(),
        "failed_units": failed,
        "boot_id": machine::boot_id(),
        "machine_id": identity::machine_id(),
        "mac_addresses": identity::mac_addresses(),
        "random": identity::random(),
        "time_ms": identity::time_ms(),
    }))
}
