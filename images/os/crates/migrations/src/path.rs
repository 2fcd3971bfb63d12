use models::Key;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The key of a setting, such as `settings.network.hostname`, or of a table of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SettingPath(Key);

impl SettingPath {
    /// Without the `settings` that all keys begin with, which a tree of settings doesn't have.
    pub fn segments(&self) -> &[String] {
        &self.0.segments()[1..]
    }

    pub fn overlaps(&self, other: &Self) -> bool {
        self.segments().starts_with(other.segments()) || other.segments().starts_with(self.segments())
    }
}

impl TryFrom<String> for SettingPath {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let key = Key::parse(&text).map_err(|error| format!("{text:?} is not a key: {error}"))?;
        match key.segments() {
            [root, _, ..] if root == "settings" => Ok(Self(key)),
            _ => Err(format!("{text:?} names no setting, as settings.network.hostname does")),
        }
    }
}

impl From<SettingPath> for String {
    fn from(path: SettingPath) -> Self {
        path.0.to_string()
    }
}

impl fmt::Display for SettingPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
