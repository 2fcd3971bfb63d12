use crate::{Migrations, operation::Operation};
use semver::Version;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The migrations that a store carries, as the version that wrote it put them down. An older version, which needs them for
/// the way back, may not know all that is in them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Recorded(Vec<Value>);

#[derive(Deserialize)]
struct Entry {
    version: Version,
    operations: Vec<Value>,
}

/// What one version changed; none for an operation that this program does not know.
pub struct Change {
    pub version: Version,
    pub operations: Vec<Option<Operation>>,
}

impl From<&Migrations> for Recorded {
    fn from(migrations: &Migrations) -> Self {
        match serde_json::to_value(migrations) {
            Ok(Value::Array(entries)) => Self(entries),
            other => unreachable!("migrations are a list of versions, names and values: {other:?}"),
        }
    }
}

impl Recorded {
    /// What was changed after `version`, the latest first, and how many entries cannot even be read.
    pub fn since(&self, version: &Version) -> (Vec<Change>, usize) {
        let entries: Vec<Entry> = self.0.iter().filter_map(|entry| Entry::deserialize(entry).ok()).collect();
        let unreadable = self.0.len() - entries.len();
        let newer = entries.into_iter().filter(|entry| entry.version > *version);
        let mut changes: Vec<_> = newer
            .map(|Entry { version, operations }| Change {
                version,
                operations: operations.iter().map(|operation| Operation::deserialize(operation).ok()).collect(),
            })
            .collect();
        changes.sort_by(|one, other| other.version.cmp(&one.version));
        (changes, unreadable)
    }
}
