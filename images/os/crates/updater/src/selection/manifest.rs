//! `manifest.json`, the target that lists updates (contract, section 4.4). What a later program needs may stand beside
//! what is known here; what is known is checked.

use super::migrations::Migrations;
use super::waves::Waves;
use semver::Version;
use serde::{Deserialize, Deserializer, Serialize, de};
use std::fmt;

#[derive(Debug, Deserialize)]
pub struct Manifest {
    pub updates: Vec<Update>,
    pub migrations: Migrations,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Update {
    #[serde(flatten)]
    pub image: Image,
    /// The newest version of a host that this update is for; a newer host is pulled down to it.
    pub max_version: Version,
    pub waves: Waves,
    pub images: Targets,
}

/// What identifies an image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    pub arch: String,
    pub version: Version,
    pub variant: String,
}

/// Names of the TUF targets that hold the partitions, compressed with lz4.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Targets {
    #[serde(deserialize_with = "file_name")]
    pub boot: String,
    #[serde(deserialize_with = "file_name")]
    pub root: String,
    #[serde(deserialize_with = "file_name")]
    pub hash: String,
}

/// The longest name of a file on Linux (limits.h, `NAME_MAX`).
const NAME_MAX_BYTES: usize = 255;

/// What stands for itself in the last part of a URL, beside letters and digits (RFC 3986, `pchar`). A colon does, too, but
/// could end a scheme there.
const PLAIN: &str = "-._~!$&'()*+,;=@";

/// A name that leads nowhere else, whoever makes a path or a URL of it.
fn file_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let name = String::deserialize(deserializer)?;
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || PLAIN.contains(c)) && !name.starts_with('.');
    if plain && (1..=NAME_MAX_BYTES).contains(&name.len()) {
        return Ok(name);
    }
    Err(de::Error::custom(format!(
        "an image has the name of a file, at most {NAME_MAX_BYTES} letters, digits and {PLAIN} without leading dot, \
         not {name:?}"
    )))
}

impl Manifest {
    /// # Errors
    /// When `bytes` is not JSON of the expected form: a version that is not one, a wave that is no seed or no
    /// time or comes twice, a name that cannot be fetched.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(bytes).map_err(|error| format!("manifest.json is not a list of updates: {error}"))
    }
}

impl Image {
    /// Whether an update with this image is for machines like `running`, whatever its version.
    pub fn fits(&self, running: &Self) -> bool {
        (&self.arch, &self.variant) == (&running.arch, &running.variant)
    }
}

impl fmt::Display for Image {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {} for {}", self.variant, self.version, self.arch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn update() -> Value {
        json!({
            "variant": "metal-containerd", "arch": "x86_64", "version": "0.2.0", "max_version": "0.2.0",
            "waves": {"0": "2026-01-01T00:00:00Z", "1024": "2026-01-02T00:00:00+02:00"},
            "images": {"boot": "b.lz4", "root": "r.lz4", "hash": "h.lz4"}, "later": 1
        })
    }

    fn parse(update: &Value) -> Result<Manifest, String> {
        Manifest::parse(json!({"updates": [update], "migrations": {}}).to_string().as_bytes())
    }

    #[test]
    fn upstreams_form_is_taken() {
        let manifest = parse(&update()).expect("taken");
        assert_eq!(manifest.updates[0].image.to_string(), "metal-containerd 0.2.0 for x86_64");
        assert_eq!(manifest.updates[0].images.hash, "h.lz4");
    }

    /// Of the form and with the peculiarities of the examples in upstream's own tests.
    #[test]
    fn upstreams_examples_are_taken() {
        let mut update = update();
        update["status"] = json!("Ready");
        update["waves"] =
            json!({"0": "2019-8-06T15:00:00Z", "2048": "2019-8-07T15:00:00Z", "858993459": "2019-8-31T15:00:00Z"});
        let migrations = json!({"(0.1.0, 0.2.0)": ["migrate_0.2.0_a", "migrate_0.2.0_b"], "(0.2.0, 0.3.0)": []});
        let text = json!({"updates": [update], "migrations": migrations}).to_string();
        assert_eq!(Manifest::parse(text.as_bytes()).expect("taken").updates.len(), 1);
    }

    #[test]
    fn names_that_a_url_would_change_are_refused() {
        let images = |name: &str| json!({"boot": "b", "root": "r", "hash": name});
        for name in ["a#b", "a?b", "a%41", "a\\b", "a:b", "a b", "a ", "ä", "a\nb", "..", ".a"] {
            let mut update = update();
            update["images"] = images(name);
            assert!(parse(&update).expect_err(name).contains(&format!("not {name:?}")), "{name}");
        }
        let mut update = update();
        update["images"] = images(&format!("Az09{PLAIN}"));
        assert!(parse(&update).is_ok());
    }

    #[test]
    fn what_is_malformed_is_refused_by_its_name() {
        for (field, bad, words) in [
            ("version", json!("0.2"), "unexpected end of input"),
            ("max_version", json!("newest"), "unexpected character"),
            ("variant", json!(7), "expected a string"),
            ("waves", json!({"x": "2026-01-01T00:00:00Z"}), "a whole number from 0 to 4294967295, not \"x\""),
            ("waves", json!({"4294967296": "2026-01-01T00:00:00Z"}), "not \"4294967296\""),
            ("waves", json!({"0": "tomorrow"}), "a time as \"2026-01-31T09:00:00Z\", not \"tomorrow\""),
            ("waves", json!(null), "expected an object"),
            ("images", json!({"boot": "b", "root": "r"}), "missing field `hash`"),
            ("images", json!({"boot": "b", "root": "../../x", "hash": "h"}), "leading dot, not \"../../x\""),
            ("images", json!({"boot": "a/b", "root": "r", "hash": "h"}), "leading dot, not \"a/b\""),
            ("images", json!({"boot": "", "root": "r", "hash": "h"}), "leading dot, not \"\""),
            ("images", json!({"boot": "b", "root": "r", "hash": "h".repeat(256)}), "at most 255 letters"),
        ] {
            let mut update = update();
            update[field] = bad;
            let told = parse(&update).expect_err(field);
            assert!(told.starts_with("manifest.json is not a list of updates") && told.contains(words), "{told}");
        }
        for missing in ["waves", "max_version", "arch"] {
            let mut update = update();
            update.as_object_mut().expect("an object").remove(missing);
            assert!(parse(&update).expect_err(missing).contains(&format!("missing field `{missing}`")));
        }
        assert!(Manifest::parse(br#"{"updates": []}"#).expect_err("refused").contains("missing field `migrations`"));
        assert!(Manifest::parse(b"[]").is_err() && Manifest::parse(b"").is_err());
    }
}
