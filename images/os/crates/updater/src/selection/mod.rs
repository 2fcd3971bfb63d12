//! Which of the listed updates is for this host (contract, section 4.3).

mod entries;
mod manifest;
mod migrations;
mod waves;

pub use manifest::{Image, Manifest, Targets, Update};

use jiff::Timestamp;
use migrations::Migrations;
use update_repository::{Config, VersionLock};

/// What a repository has for this host.
#[derive(Debug)]
pub struct Selection {
    /// All that this host may take, newest first; the version that it runs can be among them.
    pub available: Vec<Update>,
    /// Which of them it would go to, the best first.
    wanted: Vec<Update>,
    pub migrations: Migrations,
}

impl Selection {
    pub fn of(manifest: Manifest, running: &Image, config: &Config, now: Timestamp) -> Self {
        let may_take = |update: &Update| {
            update.image.fits(running)
                && update.image.version <= update.max_version
                && (config.ignore_waves || update.waves.ready(config.seed, now))
        };
        let mut available: Vec<_> = manifest.updates.into_iter().filter(may_take).collect();
        available.sort_by(|a, b| b.image.version.cmp(&a.image.version));
        let wants = |update: &&Update| match &config.version_lock {
            VersionLock::Latest => running.version < update.image.version || running.version > update.max_version,
            VersionLock::Exactly(version) => *version == update.image.version && *version != running.version,
        };
        let wanted = available.iter().filter(wants).cloned().collect();
        Self { available, wanted, migrations: manifest.migrations }
    }

    /// The update that this host is to take.
    pub fn chosen(&self) -> Option<&Update> {
        self.wanted.first()
    }

    /// The update with this image, if it is still one that the host would take. A newer one does not matter.
    pub fn still_wanted(&self, image: &Image) -> Option<&Update> {
        self.wanted.iter().find(|update| update.image == *image)
    }
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

    fn of(updates: &[Value], running: &str, config: &str) -> Selection {
        let text = json!({ "updates": updates, "migrations": {} }).to_string();
        let config = Config::parse(&format!("seed = 1024\n{config}")).expect("a configuration");
        let now = "2026-06-01T00:00:00Z".parse().expect("a time");
        Selection::of(Manifest::parse(text.as_bytes()).expect("a manifest"), &image(running), &config, now)
    }

    fn image(version: &str) -> Image {
        Image { arch: "a".into(), version: Version::parse(version).expect("a version"), variant: "v".into() }
    }

    fn select(updates: &[Value], running: &str, config: &str) -> (Vec<String>, Option<String>) {
        let selection = of(updates, running, config);
        let version = |update: &Update| update.image.version.to_string();
        (selection.available.iter().map(version).collect(), selection.chosen().map(version))
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
        assert_eq!(select(&[with("2.0.0", "variant", json!("w"))], "1.0.0", ""), (vec![], None));
        assert_eq!(select(&[], "1.0.0", ""), (vec![], None));
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
    fn an_update_is_wanted_until_it_is_recalled() {
        let wanted =
            |updates: &[Value], config: &str| of(updates, "1.0.0", config).still_wanted(&image("2.0.0")).is_some();
        assert!(wanted(&[entry("2.0.0")], "") && wanted(&[entry("2.0.0"), entry("3.0.0")], ""));
        assert!(!wanted(&[entry("3.0.0")], "") && !wanted(&[with("2.0.0", "max_version", json!("1.9.0"))], ""));
        assert!(!wanted(&[with("2.0.0", "waves", json!({"0": "2026-07-01T00:00:00Z"}))], ""));
        assert!(!wanted(&[with("2.0.0", "arch", json!("b"))], ""));
        assert!(!wanted(&[entry("2.0.0"), entry("3.0.0")], "version_lock = \"3.0.0\""));
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
