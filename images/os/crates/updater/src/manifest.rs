//! `manifest.json`, the target that lists updates (contract, section 4.4). What a later program needs may stand beside
//! what is known here; what is known is checked.

use crate::waves::Waves;
use semver::Version;
use serde::{Deserialize, Deserializer, Serialize, de};
use std::fmt;

#[derive(Debug, Deserialize)]
pub struct Manifest {
    pub updates: Vec<Update>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Update {
    #[serde(flatten)]
    pub image: Image,
    /// The newest version of a host that this update is for; a newer host is pulled down to it.
    pub max_version: Version,
    #[serde(default)]
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

/// A name that leads nowhere else, whoever makes a path of it.
fn file_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let name = String::deserialize(deserializer)?;
    let plain = !name.contains(|c: char| c == '/' || c.is_control()) && !name.starts_with('.');
    if plain && (1..=NAME_MAX_BYTES).contains(&name.len()) {
        return Ok(name);
    }
    Err(de::Error::custom(format!(
        "an image has the name of a file, at most {NAME_MAX_BYTES} bytes without / and leading dot, not {name:?}"
    )))
}

impl Manifest {
    /// # Errors
    /// When `bytes` is not JSON of the expected form: a version that is not one, a wave that is no seed or no time.
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

    #[test]
    fn what_is_malformed_is_refused_by_its_name() {
        for (field, bad, words) in [
            ("version", json!("0.2"), "unexpected end of input"),
            ("max_version", json!("newest"), "unexpected character"),
            ("variant", json!(7), "expected a string"),
            ("waves", json!({"2049": "2026-01-01T00:00:00Z"}), "0 to 2048"),
            ("waves", json!({"x": "2026-01-01T00:00:00Z"}), "0 to 2048"),
            ("waves", json!({"0": "tomorrow"}), "failed to parse"),
            ("images", json!({"boot": "b", "root": "r"}), "missing field `hash`"),
            ("images", json!({"boot": "b", "root": "../../x", "hash": "h"}), "leading dot, not \"../../x\""),
            ("images", json!({"boot": "a/b", "root": "r", "hash": "h"}), "leading dot, not \"a/b\""),
            ("images", json!({"boot": "", "root": "r", "hash": "h"}), "leading dot, not \"\""),
            ("images", json!({"boot": "b", "root": "r", "hash": "h".repeat(256)}), "at most 255 bytes"),
        ] {
            let mut update = update();
            update[field] = bad;
            let told = parse(&update).expect_err(field);
            assert!(told.starts_with("manifest.json is not a list of updates") && told.contains(words), "{told}");
        }
        assert!(Manifest::parse(b"[]").is_err() && Manifest::parse(b"").is_err());
    }
}
