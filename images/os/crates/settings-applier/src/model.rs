use api_client::{Client, ClientError};
use models::{ConfigurationFile, Key, Service};
use serde::Deserialize;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
};

/// The host API's answer for `/`.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Model {
    pub settings: Value,
    pub services: BTreeMap<String, Service>,
    pub configuration_files: BTreeMap<String, ConfigurationFile>,
}

impl Model {
    pub fn fetch(client: &Client) -> Result<Self, Box<dyn Error>> {
        Ok(serde_json::from_value(client.get("/")?)?)
    }
}

/// Commits the settings that the API server and early-boot-config put together; on most boots there are none (422).
pub fn commit_launch(client: &Client) -> Result<(), Box<dyn Error>> {
    let answer = client.call("POST", "/tx/commit?tx=bottlerocket-launch", b"")?;
    if answer.status != 422 {
        answer.success().map_err(|refusal| format!("the settings of this boot were not committed: {refusal}"))?;
    }
    Ok(())
}

/// Of the keys in one call. The server takes 64 KiB, and a key grows when its quotes are encoded.
const MAX_ASKED_BYTES: usize = 16 << 10;

/// The services that take note of the given keys.
pub fn affected_services(client: &Client, keys: &[Key]) -> Result<BTreeSet<String>, Box<dyn Error>> {
    let mut services = BTreeSet::new();
    for keys in asked_together(keys) {
        let answer: Result<Value, ClientError> = client.get(&format!("/metadata/affected-services?keys={keys}"));
        let by_key: BTreeMap<String, BTreeSet<String>> = serde_json::from_value(answer?)?;
        services.extend(by_key.into_values().flatten());
    }
    Ok(services)
}

/// The keys, separated by commas and encoded, in parts that a call can hold.
fn asked_together(keys: &[Key]) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for key in keys {
        let encoded: String = form_urlencoded::byte_serialize(key.to_string().as_bytes()).collect();
        match parts.last_mut() {
            Some(part) if part.len() + encoded.len() < MAX_ASKED_BYTES => *part += &format!(",{encoded}"),
            _ => parts.push(encoded),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_asked_for_in_calls_of_bounded_length() {
        let keys: Vec<_> = (0..5000).map(|n| Key::from_iter(["settings", &format!("a.{n}")])).collect();
        let parts = asked_together(&keys);
        assert!(parts.len() > 1 && parts.iter().all(|part| part.len() <= MAX_ASKED_BYTES));
        let asked: Vec<_> = parts.iter().flat_map(|part| part.split(',')).collect();
        assert_eq!(asked.len(), keys.len());
        assert_eq!(asked[4999], "settings.%22a.4999%22");
        assert!(asked_together(&[]).is_empty());
    }
}
