//! Which of the listed updates is for this host (contract, section 4.3).

use crate::config::{Config, VersionLock};
use crate::manifest::{Image, Manifest, Update};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// Kinds of machines that a refusal names, and characters of their names that it shows: a repository may list thousands.
const SHOWN_KINDS: usize = 4;
const SHOWN_CHARACTERS: usize = 40;

/// What a repository has for this host.
#[derive(Debug)]
pub struct Selection {
    /// All that this host may take, newest first; the version that it runs can be among them.
    pub available: Vec<Update>,
    /// The one that it is to take.
    pub chosen: Option<Update>,
}

impl Selection {
    /// # Errors
    /// When there are updates, and all of them are for other machines: this one asks a repository that will never have
    /// one, and would seem to be up to date for ever.
    pub fn of(manifest: Manifest, running: &Image, config: &Config, now: Timestamp) -> Result<Self, String> {
        if !manifest.updates.is_empty() && !manifest.updates.iter().any(|update| update.image.fits(running)) {
            return Err(only_for_others(&manifest.updates, running));
        }
        let may_take = |update: &Update| {
            update.image.fits(running)
                && update.image.version <= update.max_version
                && (config.ignore_waves || update.waves.ready(config.seed, now))
        };
        let mut available: Vec<_> = manifest.updates.into_iter().filter(may_take).collect();
        available.sort_by(|a, b| b.image.version.cmp(&a.image.version));
        let wanted = |update: &&Update| match &config.version_lock {
            VersionLock::Latest => running.version < update.image.version || running.version > update.max_version,
            VersionLock::Exactly(version) => *version == update.image.version && *version != running.version,
        };
        let chosen = available.iter().find(wanted).cloned();
        Ok(Self { available, chosen })
    }
}

fn only_for_others(updates: &[Update], running: &Image) -> String {
    let kinds: BTreeSet<_> = updates.iter().map(|update| kind(&update.image)).collect();
    let shown: Vec<_> = kinds.iter().take(SHOWN_KINDS).map(String::as_str).collect();
    let more = match kinds.len() - shown.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let (kind, shown) = (kind(running), shown.join(", "));
    format!("manifest.json has no update for {kind}, which this machine is, only for {shown}{more}")
}

fn kind(image: &Image) -> String {
    let shown = |name: &str| name.chars().take(SHOWN_CHARACTERS).collect::<String>();
    format!("{:?} on {:?}", shown(&image.variant), shown(&image.arch))
}

#[cfg(test)]
mod tests {
    use super::*;
    use semver::Version;
    use serde_json::{Value, json};

    fn entry(version: &str) -> Value {
        json!({
            "variant": "v", "arch": "a", "version": version, "max_version": "9.0.0", "waves": {},
            "images": {"boot": "b", "root": "r", "hash": "h"}
        })
    }

    fn with(version: &str, field: &str, value: Value) -> Value {
        let mut entry = entry(version);
        entry[field] = value;
        entry
    }

    fn try_select(updates: &[Value], running: &str, config: &str) -> Result<Selection, String> {
        let manifest = Manifest::parse(json!({ "updates": updates }).to_string().as_bytes()).expect("a manifest");
        let version = Version::parse(running).expect("a version");
        let running = Image { arch: "a".into(), version, variant: "v".into() };
        let config = Config::parse(&format!("seed = 1024\n{config}")).expect("a configuration");
        let now = "2026-06-01T00:00:00Z".parse().expect("a time");
        Selection::of(manifest, &running, &config, now)
    }

    fn select(updates: &[Value], running: &str, config: &str) -> (Vec<String>, Option<String>) {
        let Selection { available, chosen } = try_select(updates, running, config).expect("something for this host");
        let version = |update: &Update| update.image.version.to_string();
        (available.iter().map(version).collect(), chosen.as_ref().map(version))
    }

    fn chosen(updates: &[Value], running: &str, config: &str) -> Option<String> {
        select(updates, running, config).1
    }

    #[test]
    fn the_newest_is_chosen_and_numbers_are_not_compared_as_text() {
        let updates = ["1.9.0", "1.10.0", "1.2.0"].map(entry);
        assert_eq!(
            select(&updates, "1.2.0", ""),
            (vec!["1.10.0".into(), "1.9.0".into(), "1.2.0".into()], Some("1.10.0".into()))
        );
    }

    #[test]
    fn the_running_version_is_no_update() {
        assert_eq!(select(&[entry("1.0.0")], "1.0.0", ""), (vec!["1.0.0".into()], None));
        assert_eq!(chosen(&[entry("1.0.0")], "2.0.0", ""), None);
    }

    #[test]
    fn updates_for_others_are_passed_over() {
        for other in [with("2.0.0", "variant", json!("w")), with("2.0.0", "arch", json!("b"))] {
            assert_eq!(select(&[other, entry("1.0.0")], "1.0.0", ""), (vec!["1.0.0".into()], None));
        }
        assert_eq!(select(&[], "1.0.0", ""), (vec![], None));
    }

    #[test]
    fn nothing_but_updates_for_others_is_an_error_that_says_for_whom() {
        let others = [with("2.0.0", "variant", json!("w\n")), with("3.0.0", "arch", json!("b"))];
        assert_eq!(
            try_select(&others, "1.0.0", "").expect_err("refused"),
            r#"manifest.json has no update for "v" on "a", which this machine is, only for "v" on "b", "w\n" on "a""#
        );
        let held_back = with("2.0.0", "max_version", json!("1.0.0"));
        assert_eq!(select(&[held_back], "1.0.0", ""), (vec![], None));
    }

    #[test]
    fn however_many_others_there_are_the_error_is_short() {
        let others: Vec<_> =
            (0..100).map(|n| with("2.0.0", "variant", json!(format!("{n}{}", "x".repeat(9999))))).collect();
        let told = try_select(&others, "1.0.0", "").expect_err("refused");
        assert!(told.len() < 400 && told.ends_with(" and 96 more"), "{told}");
    }

    #[test]
    fn max_version_pulls_newer_hosts_down_and_holds_newer_images_back() {
        let held = [with("3.0.0", "max_version", json!("2.0.0")), with("2.0.0", "max_version", json!("2.0.0"))];
        assert_eq!(select(&held, "1.0.0", ""), (vec!["2.0.0".into()], Some("2.0.0".into())));
        assert_eq!(chosen(&held, "4.0.0", "").as_deref(), Some("2.0.0"));
        assert_eq!(chosen(&held, "2.0.0", ""), None);
    }

    #[test]
    fn a_lock_takes_exactly_its_version_also_downwards() {
        let updates = ["1.0.0", "2.0.0", "3.0.0"].map(entry);
        let lock = |version: &str| format!("version_lock = \"{version}\"");
        assert_eq!(chosen(&updates, "1.0.0", &lock("2.0.0")).as_deref(), Some("2.0.0"));
        assert_eq!(chosen(&updates, "3.0.0", &lock("v1.0.0")).as_deref(), Some("1.0.0"));
        assert_eq!(chosen(&updates, "2.0.0", &lock("2.0.0")), None);
        assert_eq!(chosen(&updates, "2.0.0", &lock("2.1.0")), None);
    }

    #[test]
    fn waves_hold_back_until_they_are_ignored() {
        let waiting = [with("2.0.0", "waves", json!({"0": "2026-07-01T00:00:00Z"})), entry("1.5.0")];
        assert_eq!(chosen(&waiting, "1.0.0", "").as_deref(), Some("1.5.0"));
        assert_eq!(chosen(&waiting, "1.0.0", "ignore_waves = true").as_deref(), Some("2.0.0"));
        let started = [with("2.0.0", "waves", json!({"0": "2026-05-01T00:00:00Z"}))];
        assert_eq!(chosen(&started, "1.0.0", "").as_deref(), Some("2.0.0"));
    }
}
