//! What EC2's instance metadata service says. Paths and versions are upstream's.

use super::{Found, Machine};
use serde::Deserialize;

const IDENTITY_DOCUMENT: &str = "/2021-07-15/dynamic/instance-identity/document";
const USER_DATA: &str = "/2021-07-15/user-data";
/// Upstream's, for a document that names none.
const FALLBACK_REGION: &str = "us-east-1";

#[derive(Deserialize)]
struct IdentityDocument {
    region: Option<String>,
}

/// The instance's region, as settings.
///
/// # Errors
/// When the service does not answer, or with something else than an identity document.
pub fn region(machine: &Machine) -> Result<Option<Found>, String> {
    let Some(Found { place, bytes }) = fetch(machine, IDENTITY_DOCUMENT)? else { return Ok(None) };
    let document: IdentityDocument =
        serde_json::from_slice(&bytes).map_err(|error| format!("{place}: it is no identity document: {error}"))?;
    let region = document.region.as_deref().unwrap_or(FALLBACK_REGION);
    let quoted = serde_json::to_string(region).map_err(|error| error.to_string())?;
    // A string of JSON is one of TOML.
    Ok(Some(Found { place, bytes: format!("[settings.aws]\nregion = {quoted}\n").into_bytes() }))
}

/// # Errors
/// When the service does not answer.
pub fn user_data(machine: &Machine) -> Result<Option<Found>, String> {
    fetch(machine, USER_DATA)
}

fn fetch(machine: &Machine, path: &str) -> Result<Option<Found>, String> {
    let Some(imds) = &machine.imds else { return Ok(None) };
    let place = imds.url(path);
    let bytes = imds.get(path).map_err(|error| format!("{place}: {error}"))?;
    Ok(bytes.map(|bytes| Found { place, bytes }))
}
