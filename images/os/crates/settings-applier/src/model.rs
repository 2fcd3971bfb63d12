use api_client::{Client, ClientError};
use models::{ConfigurationFile, Service};
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

/// The services that take note of the given keys (separated by commas).
pub fn affected_services(client: &Client, keys: &str) -> Result<BTreeSet<String>, Box<dyn Error>> {
    // Keys may hold quotes, which a request target may not.
    let encoded = keys.replace('%', "%25").replace('"', "%22");
    let answer: Result<Value, ClientError> = client.get(&format!("/metadata/affected-services?keys={encoded}"));
    let by_key: BTreeMap<String, BTreeSet<String>> = serde_json::from_value(answer?)?;
    Ok(by_key.into_values().flatten().collect())
}
