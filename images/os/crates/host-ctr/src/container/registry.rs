//! Who pulls, by `settings.container-registry.credentials`. Mirrors are containerd's own business (`hosts.toml`).

use crate::kind::Host;
use api_client::Client;
use containerd_client::Credentials;
use serde::Deserialize;

const DEFAULT_REGISTRY: &str = "docker.io";

#[derive(Default, Deserialize)]
#[serde(default)]
struct Entry {
    registry: String,
    username: String,
    password: String,
    auth: String,
    identitytoken: String,
}

/// # Errors
/// When the host API does not tell what is set.
pub fn credentials(host: &Host, source: &str) -> Result<Option<Credentials>, String> {
    let client = Client::new(&host.api_socket());
    let asked = client.call("GET", "/settings?keys=settings.container-registry.credentials", b"");
    let answer = asked.map_err(|error| error.to_string())?;
    if answer.status == 404 {
        return Ok(None);
    }
    let body = answer.success()?.body;
    let set: serde_json::Value = serde_json::from_slice(&body).map_err(|error| format!("host API: {error}"))?;
    let entries = set.pointer("/container-registry/credentials").cloned().unwrap_or_default();
    let entries: Vec<Entry> = serde_json::from_value(entries).unwrap_or_default();
    Ok(choose(entries, registry(source)))
}

fn choose(entries: Vec<Entry>, registry: &str) -> Option<Credentials> {
    let entry = entries.into_iter().find(|entry| entry.registry == registry)?;
    let Entry { username, password, auth, identitytoken, .. } = entry;
    Some(Credentials { username, password, auth, identity_token: identitytoken })
}

/// The registry of an image reference.
fn registry(source: &str) -> &str {
    match source.split_once('/') {
        Some((first, _)) if first.contains(['.', ':']) || first == "localhost" => first,
        _ => DEFAULT_REGISTRY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_those_of_the_image_s_registry() {
        assert_eq!(registry("busybox"), "docker.io");
        assert_eq!(registry("library/busybox"), "docker.io");
        assert_eq!(registry("10.0.2.2:5000/counter:v1"), "10.0.2.2:5000");
        let entry = |registry: &str| Entry { registry: registry.into(), username: "u".into(), ..Entry::default() };
        let chosen = choose(vec![entry("a.example"), entry("b.example")], "b.example").expect("there");
        assert_eq!(chosen.username, "u");
        assert!(choose(vec![entry("a.example")], "b.example").is_none());
    }
}
