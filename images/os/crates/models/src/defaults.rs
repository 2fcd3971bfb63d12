use crate::{Key, Settings, tree::Tree};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// What takes note of a setting: the files rendered for it, and what to run once one of them has changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Service {
    pub configuration_files: Vec<String>,
    pub restart_commands: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ConfigurationFile {
    pub path: String,
    pub template_path: String,
    /// Octal, such as `0600`; `0644` if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
}

/// Facts about settings by name of the fact (`affected-services`, `setting-generator`, `template`), then by key.
pub type Metadata = BTreeMap<String, BTreeMap<Key, Value>>;

/// The image's defaults.toml. Only `[settings]` ever reaches the store; the rest belongs to the image and changes with it.
pub struct Defaults {
    pub settings: Tree,
    pub services: BTreeMap<String, Service>,
    pub configuration_files: BTreeMap<String, ConfigurationFile>,
    pub metadata: Metadata,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct File {
    settings: Settings,
    services: BTreeMap<String, Service>,
    configuration_files: BTreeMap<String, ConfigurationFile>,
    metadata: Tree,
}

impl Defaults {
    /// # Errors
    /// When `text` is not TOML of the expected form, or a service names a configuration file that is not listed.
    pub fn parse(text: &str) -> Result<Self, String> {
        let File { settings, services, configuration_files, metadata } =
            toml::from_str(text).map_err(|error| error.to_string())?;
        for (name, service) in &services {
            if let Some(file) = service.configuration_files.iter().find(|file| !configuration_files.contains_key(*file))
            {
                return Err(format!("services.{name} names the configuration file {file:?}, which is not listed"));
            }
        }
        let settings = serde_json::to_value(settings).map_err(|error| error.to_string())?;
        let settings = settings.as_object().cloned().unwrap_or_default();
        let mut by_fact = Metadata::new();
        collect(&mut by_fact, &[], metadata);
        Ok(Self { settings, services, configuration_files, metadata: by_fact })
    }

    /// The fact about `key`, or else about the nearest key above it.
    #[must_use]
    pub fn fact(&self, fact: &str, key: &Key) -> Option<&Value> {
        let by_key = self.metadata.get(fact)?;
        key.self_and_ancestors().find_map(|key| by_key.get(&key))
    }
}

fn collect(into: &mut Metadata, path: &[String], table: Tree) {
    for (name, value) in table {
        if let Value::Object(branch) = value {
            collect(into, &[path, &[name]].concat(), branch);
        } else {
            into.entry(name).or_default().insert(path.iter().collect::<Vec<_>>().into_iter().collect(), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_defaults_are_valid_and_facts_are_inherited() {
        let defaults = Defaults::parse(include_str!("../../../defaults/defaults.toml")).expect("valid");
        assert_eq!(defaults.settings["motd"], "Welcome to Sparkler!");
        let key = Key::parse("settings.kernel.sysctl.\"net.core.somaxconn\"").expect("a key");
        assert_eq!(defaults.fact("affected-services", &key), Some(&serde_json::json!(["sysctl"])));
        assert_eq!(defaults.fact("template", &key), None);
    }

    #[test]
    fn every_affected_service_is_listed() {
        let defaults = Defaults::parse(include_str!("../../../defaults/defaults.toml")).expect("valid");
        for (key, services) in &defaults.metadata["affected-services"] {
            for service in services.as_array().expect("a list") {
                assert!(defaults.services.contains_key(service.as_str().expect("a name")), "{key}: {service}");
            }
        }
    }
}
