//! `settings.container-registry`: where images come from, and by which credentials.

use crate::{
    names::Names,
    values::{Base64, CredentialText, Registry, RegistryPattern, WebAddress},
};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{
        MapAccess, SeqAccess, Visitor,
        value::{MapAccessDeserializer, SeqAccessDeserializer},
    },
};
use std::{collections::BTreeMap, fmt};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mirror {
    pub registry: RegistryPattern,
    /// Tried in this order, the registry itself after them.
    pub endpoint: Vec<WebAddress>,
}

/// Upstream takes them as a list, and as a table of endpoints by registry; here the one becomes the other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Mirrors(Vec<Mirror>);

impl<'de> Deserialize<'de> for Mirrors {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Form;
        impl<'de> Visitor<'de> for Form {
            type Value = Mirrors;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(
                    "a list of mirrors, each with `registry` and `endpoint`, or a table of endpoints by registry",
                )
            }
            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Mirrors, A::Error> {
                Deserialize::deserialize(SeqAccessDeserializer::new(list)).map(Mirrors)
            }
            fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<Mirrors, A::Error> {
                let table: BTreeMap<_, _> = Deserialize::deserialize(MapAccessDeserializer::new(table))?;
                Ok(Mirrors(table.into_iter().map(|(registry, endpoint)| Mirror { registry, endpoint }).collect()))
            }
        }
        deserializer.deserialize_any(Form)
    }
}

impl Names for Mirrors {}

/// User and password, the base64 of both with a colon between them, or a token that stands for them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credential {
    pub registry: Registry,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<CredentialText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<CredentialText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth: Option<Base64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identitytoken: Option<CredentialText>,
}

#[cfg(test)]
mod tests {
    use crate::settings_from_json;
    use serde_json::{Value, json};

    fn taken(registries: Value) -> Result<Value, String> {
        let tree = settings_from_json(json!({"container-registry": registries})).map_err(|error| error.to_string())?;
        Ok(tree["container-registry"].clone())
    }

    #[test]
    fn both_forms_of_mirrors_are_one_list() {
        let list =
            json!({"mirrors": [{"registry": "docker.io", "endpoint": ["https://m.example", "http://[::1]:5000/v2"]}]});
        let table = json!({"mirrors": {"docker.io": ["https://m.example", "http://[::1]:5000/v2"]}});
        assert_eq!(taken(list.clone()), Ok(list.clone()));
        assert_eq!(taken(table), Ok(list));
    }

    #[test]
    fn the_names_of_registries_are_checked() {
        for good in ["docker.io", "localhost:5000", "10.0.2.100:443", "[fd00::1]:5000", "*"] {
            taken(json!({"mirrors": [{"registry": good, "endpoint": []}]})).expect(good);
        }
        for bad in ["", "https://docker.io", "docker.io/library", "a:70000", "../x", "[::1", "a b", "**", "."] {
            let told = taken(json!({"mirrors": [{"registry": bad, "endpoint": []}]})).expect_err(bad);
            assert!(
                told.starts_with("settings.container-registry.mirrors[0].registry: this is not a registry"),
                "{told}"
            );
        }
        let told = taken(json!({"credentials": [{"registry": "*"}]})).expect_err("it is none");
        assert!(
            told.starts_with("settings.container-registry.credentials[0].registry: this is not a registry"),
            "{told}"
        );
    }

    #[test]
    fn a_url_that_is_none_is_named_by_its_place_and_not_shown() {
        for bad in ["m.example", "ftp://secret", "https://", "https://m\"\nsecret = 1"] {
            let told = taken(json!({"mirrors": [{"registry": "*", "endpoint": ["https://a", bad]}]})).expect_err(bad);
            assert_eq!(
                told,
                "settings.container-registry.mirrors[0].endpoint[1]: this is not an http:// or https:// address without \
                 spaces"
            );
        }
    }

    #[test]
    fn credentials_are_never_shown_when_they_are_refused() {
        for bad in [
            json!({"registry": "r.example", "password": "secret\n"}),
            json!({"registry": "r.example", "auth": "secret!"}),
            json!({"registry": "secret/", "username": "u"}),
            json!({"username": "secret"}),
            json!({"registry": "r.example", "identitytoken": ["secret"]}),
        ] {
            let told = taken(json!({"credentials": [bad]})).expect_err("refused");
            assert!(
                told.starts_with("settings.container-registry.credentials[0]") && !told.contains("secret"),
                "{told}"
            );
        }
    }
}
