use crate::{Migrations, recorded::Recorded};
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
pub struct History {
    version: Version,
    /// Those of `version`, so that an older one, which doesn't have them, can take them back.
    #[serde(default)]
    migrations: Recorded,
    /// What migrations have removed, by their versions.
    #[serde(default)]
    removed: BTreeMap<Version, Tree>,
    /// What an older version did not take, by the version it was left from.
    #[serde(default)]
    set_aside: BTreeMap<Version, Tree>,
    /// What a newer version has put here and will look for again.
    #[serde(flatten)]
    other: Tree,
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
        let migrations = Recorded::from(&release.migrations);
        Self { version: release.version.clone(), migrations, removed, set_aside, other: Tree::new() }
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

    /// Brings `settings` to the form of `release`. Returns how many changes could not be taken back, as only a newer
    /// version knows what they are.
    ///
    /// # Errors
    /// When a newer release doesn't take the result. Both `self` and `settings` are useless then.
    pub fn move_to(&mut self, release: &Release, settings: &mut Tree) -> Result<usize, MigrationError> {
        let mut unknown = 0;
        if release.version > self.version {
            self.forward(release, settings).map_err(|reason| {
                let (from, to) = (self.version.clone(), release.version.clone());
                MigrationError { from, to, reason }
            })?;
        } else {
            unknown = self.back(release, settings);
        }
        self.version = release.version.clone();
        self.migrations = Recorded::from(&release.migrations);
        Ok(unknown)
    }

    fn forward(&mut self, release: &Release, settings: &mut Tree) -> Result<(), String> {
        let from = self.version.clone();
        for migration in release.migrations.between(&from, &release.version) {
            self.put_back(settings, |left_from| *left_from < migration.version);
            let mut removed = self.removed.remove(&migration.version).unwrap_or_default();
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

    fn back(&mut self, release: &Release, settings: &mut Tree) -> usize {
        let (changes, mut unknown) = self.migrations.since(&release.version);
        for change in changes {
            let mut removed = self.removed.remove(&change.version).unwrap_or_default();
            change.operations.iter().rev().flatten().for_each(|operation| operation.back(settings, &mut removed));
            let unknown_here = change.operations.iter().filter(|operation| operation.is_none()).count();
            if unknown_here > 0 && !removed.is_empty() {
                self.removed.insert(change.version, removed);
            }
            unknown += unknown_here;
        }
        let refused = refused(settings, release);
        for key in refused.keys() {
            tree::take(settings, &key.segments()[1..]);
        }
        if !refused.is_empty() {
            self.set_aside.insert(self.version.clone(), tree::from_leaves(&root(), refused));
        }
        unknown
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
