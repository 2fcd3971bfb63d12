use crate::{
    Key, Settings,
    tree::{self, Tree},
};
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

/// What a variant has of its own; it comes before what all variants share.
#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
struct VariantFile {
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
        let mut by_fact = Metadata::new();
        collect(&mut by_fact, &[], metadata);
        Self { settings: as_tree(&settings)?, services, configuration_files, metadata: by_fact }.checked()
    }

    /// These, with a variant's own in front of them.
    ///
    /// # Errors
    /// As [`Self::parse`]; of a variant every part may be absent.
    pub fn with_variant(mut self, text: &str) -> Result<Self, String> {
        let own: VariantFile = toml::from_str(text).map_err(|error| error.to_string())?;
        tree::merge(&mut self.settings, as_tree(&own.settings)?);
        self.services.extend(own.services);
        self.configuration_files.extend(own.configuration_files);
        collect(&mut self.metadata, &[], own.metadata);
        self.checked()
    }

    fn checked(self) -> Result<Self, String> {
        let is_listed = |file: &&String| self.configuration_files.contains_key(*file);
        for (name, service) in &self.services {
            if let Some(file) = service.configuration_files.iter().find(|file| !is_listed(file)) {
                return Err(format!("services.{name} names the configuration file {file:?}, which is not listed"));
            }
        }
        Ok(self)
    }

    /// The fact about `key`, or else about the nearest key above it.
    #[must_use]
    pub fn fact(&self, fact: &str, key: &Key) -> Option<&Value> {
        let by_key = self.metadata.get(fact)?;
        key.self_and_ancestors().find_map(|key| by_key.get(key))
    }

    /// Those of `keys` that no service takes note of: they are stored, and nothing else comes of them.
    #[must_use]
    pub fn not_applied<'a>(&self, keys: impl IntoIterator<Item = &'a Key>) -> Vec<&'a Key> {
        keys.into_iter().filter(|key| self.fact("affected-services", key).is_none()).collect()
    }
}

fn as_tree(settings: &Settings) -> Result<Tree, String> {
    let value = serde_json::to_value(settings).map_err(|error| error.to_string())?;
    Ok(value.as_object().cloned().unwrap_or_default())
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
    fn a_setting_without_a_service_is_not_applied() {
        let defaults = Defaults::parse(include_str!("../../../defaults/defaults.toml")).expect("valid");
        let keys = ["motd", "kubernetes.cluster-name", "updates.seed", "boot.reboot-to-reconcile"]
            .map(|key| Key::parse(&format!("settings.{key}")).expect("a key"));
        assert_eq!(defaults.not_applied(&keys), [&keys[1], &keys[3]]);
    }

    #[test]
    fn a_variants_own_defaults_come_first_and_leave_the_others() {
        let shared = || Defaults::parse(include_str!("../../../defaults/defaults.toml")).expect("valid");
        let defaults = shared().with_variant("[settings.kernel]\nlockdown = \"none\"\n").expect("valid");
        assert_eq!(defaults.settings["kernel"]["lockdown"], "none");
        assert_eq!(defaults.settings["motd"], shared().settings["motd"]);
        for bad in ["[setting]\n", "[services.x]\nconfiguration-files = [\"no-such\"]\nrestart-commands = []\n"] {
            assert!(shared().with_variant(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_variants_own_services_hear_of_settings_in_place_of_others() {
        let shared = Defaults::parse(include_str!("../../../defaults/defaults.toml")).expect("valid");
        let defaults = shared
            .with_variant(
                "services.docker = { configuration-files = ['daemon', 'proxy-env'], restart-commands = [] }\n\
                 configuration-files.daemon = { path = '/etc/a', template-path = '/b' }\n\
                 metadata.settings.container-registry.mirrors.affected-services = ['docker']\n",
            )
            .expect("valid");
        let heard = |key| defaults.fact("affected-services", &Key::parse(key).expect("a key")).cloned();
        assert_eq!(heard("settings.container-registry.mirrors"), Some(serde_json::json!(["docker"])));
        assert_eq!(heard("settings.motd"), Some(serde_json::json!(["motd"])));
        assert!(defaults.services.contains_key("docker") && defaults.services.contains_key("containerd"));
        every_affected_service_is_listed_in(&defaults);
    }

    #[test]
    fn every_affected_service_is_listed() {
        every_affected_service_is_listed_in(
            &Defaults::parse(include_str!("../../../defaults/defaults.toml")).expect("valid"),
        );
    }

    fn every_affected_service_is_listed_in(defaults: &Defaults) {
        for (key, services) in &defaults.metadata["affected-services"] {
            for service in services.as_array().expect("a list") {
                assert!(defaults.services.contains_key(service.as_str().expect("a name")), "{key}: {service}");
            }
        }
    }
}
