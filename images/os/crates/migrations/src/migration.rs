use crate::operation::Operation;
use semver::Version;
use serde::{Deserialize, Serialize};

/// Every write of the store carries the list.
pub const MAX_FILE_BYTES: usize = 64 << 10;

/// How the settings' form changed with a version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Migration {
    /// The first that has the new form.
    pub version: Version,
    pub operations: Vec<Operation>,
}

/// All changes of form that a version of the OS knows of, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Migration>")]
pub struct Migrations(Vec<Migration>);

impl Migrations {
    /// # Errors
    /// When `text` is not TOML of the expected form, too long, out of order, or lists what could not be taken back.
    pub fn parse(text: &str) -> Result<Self, String> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct File {
            migration: Migrations,
        }
        if text.len() > MAX_FILE_BYTES {
            return Err(format!("it has {} bytes, at most {MAX_FILE_BYTES} are allowed", text.len()));
        }
        toml::from_str(text).map(|File { migration }| migration).map_err(|error| error.to_string())
    }

    /// Those that lie between two versions: what the newer has, and the older has not.
    pub fn between<'a>(
        &'a self,
        older: &'a Version,
        newer: &'a Version,
    ) -> impl DoubleEndedIterator<Item = &'a Migration> {
        self.0.iter().filter(move |migration| *older < migration.version && migration.version <= *newer)
    }
}

impl TryFrom<Vec<Migration>> for Migrations {
    type Error = String;
    fn try_from(migrations: Vec<Migration>) -> Result<Self, String> {
        if let Some(pair) = migrations.windows(2).find(|pair| pair[0].version >= pair[1].version) {
            let [earlier, later] = [&pair[0].version, &pair[1].version];
            return Err(format!("{later} comes after {earlier}: each version may stand once, the oldest first"));
        }
        migrations.iter().flat_map(|migration| &migration.operations).try_for_each(Operation::check)?;
        Ok(Self(migrations))
    }
}
