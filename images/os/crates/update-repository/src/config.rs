//! /etc/updog.toml, which `settings.updates` and the proxy of `settings.network` are rendered into.

use crate::http::Proxy;
use semver::Version;
use serde::{Deserialize, Deserializer, de};
use std::io::ErrorKind;
use std::path::Path;
use url::Url;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    metadata_base_url: Option<Address>,
    targets_base_url: Option<Address>,
    /// The host's place in staged roll-outs, 0 to 2047.
    pub seed: u32,
    #[serde(default)]
    pub version_lock: VersionLock,
    #[serde(default)]
    pub ignore_waves: bool,
    https_proxy: Option<String>,
    #[serde(default)]
    no_proxy: Vec<String>,
}

/// A directory on an HTTP server.
#[derive(Clone, Debug)]
struct Address(Url);

#[derive(Debug, Default, PartialEq, Eq)]
pub enum VersionLock {
    #[default]
    Latest,
    Exactly(Version),
}

impl Config {
    /// # Errors
    /// When the file cannot be read or does not have the expected form.
    pub fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|error| match error.kind() {
            ErrorKind::NotFound => "the settings of this boot are not applied yet; try again when it is up".into(),
            _ => error.to_string(),
        });
        text.and_then(|text| Self::parse(&text)).map_err(|reason| format!("{}: {reason}", path.display()))
    }

    pub fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| error.message().to_owned())
    }

    /// Where metadata and where targets are.
    ///
    /// # Errors
    /// When one of them is not set.
    pub fn addresses(&self) -> Result<(Url, Url), String> {
        let set = |address: &Option<Address>, name: &str| match address {
            Some(Address(url)) => Ok(url.clone()),
            None => Err(format!("settings.updates.{name} is not set: this machine does not know where updates are")),
        };
        Ok((set(&self.metadata_base_url, "metadata-base-url")?, set(&self.targets_base_url, "targets-base-url")?))
    }

    /// The way to servers of HTTPS, if they are not reached directly. Unset is empty, as for upstream's updater.
    ///
    /// # Errors
    /// When the address is none of a proxy.
    pub fn proxy(&self) -> Result<Option<Proxy>, String> {
        let address = self.https_proxy.as_ref().filter(|address| !address.is_empty());
        address.map(|address| Proxy::parse(address, &self.no_proxy)).transpose()
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let url = Url::parse(&text).map_err(|error| de::Error::custom(format!("{text:?}: {error}")))?;
        match url.scheme() {
            "http" | "https" => Ok(Self(url)),
            scheme => Err(de::Error::custom(format!("{text:?}: {scheme} is not supported, only http and https are"))),
        }
    }
}

impl<'de> Deserialize<'de> for VersionLock {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text == "latest" {
            return Ok(Self::Latest);
        }
        let version = Version::parse(text.strip_prefix('v').unwrap_or(&text));
        version.map(Self::Exactly).map_err(|error| de::Error::custom(format!("version_lock {text:?}: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(line: &str) -> String {
        Config::parse(&format!("seed = 7\n{line}")).err().expect("refused")
    }

    #[test]
    fn what_is_not_an_address_is_refused_with_what_is() {
        assert!(refusal("metadata_base_url = \"x\"").contains("\"x\": relative URL without a base"));
        assert!(
            refusal("targets_base_url = \"file:///etc\"").contains("file is not supported, only http and https are")
        );
        assert!(refusal("version_lock = \"1.2\"").contains("version_lock \"1.2\""));
    }

    #[test]
    fn addresses_must_be_set_before_they_are_used() {
        let config = Config::parse("seed = 7\nmetadata_base_url = \"http://u.example/m\"").expect("taken");
        assert!(config.addresses().expect_err("one is missing").starts_with("settings.updates.targets-base-url"));
    }
}
