//! The manifest's table of migrations: by pairs of versions, the programs that upstream's migrator runs on the way from
//! the one to the other (contract, section 4.4).
//!
//! Sparkler has no such programs: its images carry their own migrations, in the root. So a table without an entry says
//! nothing here, while upstream refuses every update then. One with entries lists the steps that were released, and is
//! followed by upstream's rule.

use super::entries::Entries;
use semver::Version;
use serde::{Deserialize, Deserializer, de};
use std::collections::BTreeMap;

#[derive(Clone, Debug, Default)]
pub struct Migrations(BTreeMap<(Version, Version), Vec<String>>);

impl Migrations {
    /// Checks that the settings can follow from one version to the other, forward or back.
    ///
    /// # Errors
    /// When the table has entries that don't lead there, or programs would have to run.
    pub fn check(&self, from: &Version, to: &Version) -> Result<(), String> {
        let (lower, higher) = if from < to { (from, to) } else { (to, from) };
        let mut at = lower;
        while !self.0.is_empty() && at != higher {
            // The longest of the steps that do not go too far; entries that don't lead upwards would never end.
            let steps = self.0.iter().filter(|((from, to), _)| from == at && at < to && to <= higher);
            let Some(((_, next), programs)) = steps.max_by_key(|((_, to), _)| to) else {
                return Err(format!(
                    "manifest.json lists no migration from {at} on the way from {from} to {to}; add \"({at}, VERSION)\""
                ));
            };
            if let Some(program) = programs.first() {
                return Err(format!(
                    "manifest.json wants {program:?} run between {at} and {next}, and this system runs no migrations but \
                     those that its images carry"
                ));
            }
            at = next;
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Migrations {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut table = BTreeMap::new();
        for (pair, programs) in Entries::deserialize(deserializer)?.0 {
            let versions = versions(&pair).ok_or_else(|| {
                de::Error::custom(format!("migrations are listed by versions, \"(1.2.3, 1.2.4)\", not by {pair:?}"))
            })?;
            if table.insert(versions, programs).is_some() {
                return Err(de::Error::custom(format!("the migrations {pair:?} are given twice")));
            }
        }
        Ok(Self(table))
    }
}

fn versions(pair: &str) -> Option<(Version, Version)> {
    let (from, to) = pair.strip_prefix('(')?.strip_suffix(')')?.split_once(',')?;
    Some((from.parse().ok()?, to.trim_start_matches(' ').parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn check(table: &Value, from: &str, to: &str) -> Result<(), String> {
        let migrations: Migrations = serde_json::from_value(table.clone()).expect("a table");
        migrations.check(&from.parse().expect("a version"), &to.parse().expect("a version"))
    }

    #[test]
    fn a_table_without_entries_stops_nothing() {
        assert_eq!(check(&json!({}), "1.0.0", "2.0.0"), Ok(()));
    }

    #[test]
    fn a_table_with_entries_must_lead_to_the_version() {
        let steps = json!({"(1.0.0, 1.1.0)": [], "(1.1.0,1.2.0)": [], "(1.1.0, 1.4.0)": [], "(1.2.0, 1.3.0)": []});
        for (from, to) in [("1.0.0", "1.1.0"), ("1.0.0", "1.3.0"), ("1.0.0", "1.4.0"), ("1.3.0", "1.0.0")] {
            assert_eq!(check(&steps, from, to), Ok(()), "{from} to {to}");
        }
        let told = check(&steps, "1.0.0", "1.5.0").expect_err("refused");
        assert!(told.contains("no migration from 1.4.0 on the way from 1.0.0 to 1.5.0"), "{told}");
        assert!(check(&steps, "1.5.0", "1.0.0").expect_err("refused").contains("from 1.4.0"));
        assert!(check(&steps, "0.9.0", "1.0.0").expect_err("refused").contains("from 0.9.0"));
    }

    #[test]
    fn programs_on_the_way_are_refused_and_others_are_not() {
        let steps = json!({"(1.0.0, 1.1.0)": [], "(1.1.0, 1.2.0)": ["migrate_1.2.0_a"]});
        assert_eq!(check(&steps, "1.0.0", "1.1.0"), Ok(()));
        for (from, to) in [("1.0.0", "1.2.0"), ("1.2.0", "1.0.0")] {
            let told = check(&steps, from, to).expect_err("refused");
            assert!(told.contains("\"migrate_1.2.0_a\" run between 1.1.0 and 1.2.0"), "{told}");
        }
    }

    #[test]
    fn steps_that_lead_nowhere_end() {
        let circle = json!({"(1.1.0, 1.1.0)": [], "(1.1.0, 1.0.0)": [], "(1.0.0, 1.1.0)": []});
        assert_eq!(check(&circle, "1.0.0", "1.1.0"), Ok(()));
        assert!(check(&circle, "1.0.0", "1.2.0").is_err());
    }

    #[test]
    fn keys_that_are_no_pair_or_come_twice_are_refused() {
        for (table, words) in [
            (r#"{"1.0.0": []}"#, "not by \"1.0.0\""),
            (r#"{"(1.0.0, 1.1)": []}"#, "not by \"(1.0.0, 1.1)\""),
            (r#"{"(1.0.0, 1.1.0)": [], "(1.0.0,1.1.0)": []}"#, "\"(1.0.0,1.1.0)\" are given twice"),
            (r#"{"(1.0.0, 1.1.0)": "all"}"#, "expected a sequence"),
        ] {
            let told = serde_json::from_str::<Migrations>(table).expect_err(table).to_string();
            assert!(told.contains(words), "{told}");
        }
    }
}
