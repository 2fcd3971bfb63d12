use crate::Migrations;
use models::{
    Key,
    tree::{self, Tree},
};
use semver::Version;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt};

/// The version of the OS that runs.
pub struct Release {
    pub version: Version,
    pub migrations: Migrations,
    /// Whether its model takes these settings, which may be any part of them; if not, why.
    pub accepts: fn(&Tree) -> Result<(), String>,
}

/// Which version's form some settings have, and what it takes to bring them to another version's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct History {
    version: Version,
    /// Those of `version`, so that an older one, which doesn't have them, can take them back.
    migrations: Migrations,
    /// What migrations have removed, by their versions.
    removed: BTreeMap<Version, Tree>,
    /// What an older version did not take, by the version it was left from.
    set_aside: BTreeMap<Version, Tree>,
}

/// Only on the way forward: a version that was there before is always got back to.
#[derive(Debug)]
pub struct MigrationError {
    from: Version,
    to: Version,
    reason: String,
}

impl fmt::Display for MigrationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, to, reason } = self;
        write!(f, "Unable to bring the settings of version {from} to the form of {to}: {reason}. ")?;
        write!(f, "They are as they were; change that setting under {from}, then update again")
    }
}

impl std::error::Error for MigrationError {}

impl History {
    /// Of settings that were made by this release.
    #[must_use]
    pub fn new(release: &Release) -> Self {
        let (removed, set_aside) = (BTreeMap::new(), BTreeMap::new());
        Self { version: release.version.clone(), migrations: release.migrations.clone(), removed, set_aside }
    }

    #[must_use]
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// Of other settings of the same form, which have left nothing behind yet.
    #[must_use]
    pub fn of_others(&self) -> Self {
        Self { removed: BTreeMap::new(), set_aside: BTreeMap::new(), ..self.clone() }
    }

    /// Brings `settings` to the form of `release`.
    ///
    /// # Errors
    /// When a newer release doesn't take the result. Both `self` and `settings` are useless then.
    pub fn move_to(&mut self, release: &Release, settings: &mut Tree) -> Result<(), MigrationError> {
        if release.version > self.version {
            self.forward(release, settings).map_err(|reason| {
                let (from, to) = (self.version.clone(), release.version.clone());
                MigrationError { from, to, reason }
            })?;
        } else {
            self.back(release, settings);
        }
        self.version = release.version.clone();
        self.migrations = release.migrations.clone();
        Ok(())
    }

    fn forward(&mut self, release: &Release, settings: &mut Tree) -> Result<(), String> {
        let from = self.version.clone();
        for migration in release.migrations.between(&from, &release.version) {
            self.put_back(settings, |left_from| *left_from < migration.version);
            let mut removed = Tree::new();
            migration.operations.iter().try_for_each(|operation| operation.forward(settings, &mut removed))?;
            if !removed.is_empty() {
                self.removed.insert(migration.version.clone(), removed);
            }
        }
        self.put_back(settings, |left_from| *left_from <= release.version);
        (release.accepts)(settings)
    }

    /// A setting that has a value again keeps it: it is the later one.
    fn put_back(&mut self, settings: &mut Tree, is_due: impl Fn(&Version) -> bool) {
        for (version, tree) in std::mem::take(&mut self.set_aside) {
            if is_due(&version) {
                tree::merge(settings, tree::missing(settings, &tree));
            } else {
                self.set_aside.insert(version, tree);
            }
        }
    }

    fn back(&mut self, release: &Release, settings: &mut Tree) {
        for migration in self.migrations.between(&release.version, &self.version).rev() {
            let mut removed = self.removed.remove(&migration.version).unwrap_or_default();
            migration.operations.iter().rev().for_each(|operation| operation.back(settings, &mut removed));
        }
        let refused = refused(settings, release);
        for key in refused.keys() {
            tree::take(settings, &key.segments()[1..]);
        }
        if !refused.is_empty() {
            self.set_aside.insert(self.version.clone(), tree::from_leaves(&root(), refused));
        }
    }
}

fn root() -> Key {
    Key::from_iter(["settings"])
}

fn refused(settings: &Tree, release: &Release) -> BTreeMap<Key, serde_json::Value> {
    let mut leaves = tree::leaves(&root(), settings);
    leaves.retain(|key, value| (release.accepts)(&tree::from_leaves(&root(), [(key.clone(), value.clone())])).is_err());
    leaves
}
