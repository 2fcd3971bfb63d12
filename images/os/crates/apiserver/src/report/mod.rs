//! Read-only reports. `boot-time` and `system` are Sparkler's own; a report that upstream has too keeps upstream's form.

mod boot_time;
mod identity;
mod machine;
mod root;

use crate::{answer::Answer, app::App, error::ApiError, systemctl};
use serde_json::json;

pub fn list() -> Result<Answer, ApiError> {
    Answer::json(&json!([
        { "name": "boot-time", "description": "How long each phase of this boot took, in milliseconds" },
        { "name": "system", "description": "What the running system shows of its settings, root and units" },
    ]))
}

pub async fn boot_time() -> Result<Answer, ApiError> {
    let shown = systemctl::run(&["show", "--property", boot_time::PROPERTIES]).await.map_err(ApiError::Report)?;
    Answer::json(&boot_time::parse(&shown))
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
        "failed_units": failed,
        "boot_id": machine::boot_id(),
        "machine_id": identity::machine_id(),
        "mac_addresses": identity::mac_addresses(),
        "random": identity::random(),
        "time_ms": identity::time_ms(),
    }))
}
