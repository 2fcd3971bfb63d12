//! Settings that travel between versions.

use migrations::{History, Migrations, Release};
use models::tree::{self, Tree};
use proptest::prelude::*;
use semver::Version;
use serde_json::{Value, json};

fn release(major: u64, migrations: &str) -> Release {
    let migrations = Migrations::parse(migrations).expect("a good list");
    Release { version: Version::new(major, 0, 0), migrations, accepts: |_| Ok(()) }
}

fn settings(value: Value) -> Tree {
    value.as_object().expect("an object").clone()
}

const NONE: &str = "migration = []";
const SECOND: &str = r#"
[[migration]]
version = "2.0.0"
operations = [
  { rename = { from = "settings.name", to = "settings.network.name" } },
  { remove = "settings.old" },
  { map = { key = "settings.mode", values = [["off", "none"], [1, "one"]] } },
]
"#;

#[test]
fn every_operation_goes_forward_and_back() {
    let (one, two) = (release(1, NONE), release(2, SECOND));
    let before = settings(json!({"name": "n", "old": {"deep": [1]}, "mode": "off", "motd": "x"}));
    let (mut history, mut live) = (History::new(&one), before.clone());
    history.move_to(&two, &mut live).expect("forward");
    assert_eq!(Value::Object(live.clone()), json!({"network": {"name": "n"}, "mode": "none", "motd": "x"}));
    assert_eq!(history.version(), &two.version);
    history.move_to(&one, &mut live).expect("back");
    assert_eq!((live, history), (before, History::new(&one)));
}

#[test]
fn a_change_made_meanwhile_wins_over_what_was_there() {
    let (one, two) = (release(1, NONE), release(2, SECOND));
    let (mut history, mut live) = (History::new(&one), settings(json!({"old": 1, "name": "n", "mode": 1})));
    history.move_to(&two, &mut live).expect("forward");
    live = settings(json!({"old": 2, "network": {"name": "changed"}, "mode": "none", "fresh": true}));
    history.move_to(&one, &mut live).expect("back");
    assert_eq!(Value::Object(live), json!({"old": 2, "name": "changed", "mode": "off", "fresh": true}));
}

#[test]
fn what_an_older_version_does_not_take_waits_for_the_newer_one() {
    let refuses_fresh = |settings: &Tree| if settings.contains_key("fresh") { Err("unknown".into()) } else { Ok(()) };
    let one = Release { accepts: refuses_fresh, ..release(1, NONE) };
    let (two, three) = (release(2, SECOND), release(3, SECOND));
    let newest = settings(json!({"fresh": {"a": 1}, "network": {"name": "n"}}));
    let (mut history, mut live) = (History::new(&three), newest.clone());
    history.move_to(&one, &mut live).expect("back");
    assert_eq!(Value::Object(live.clone()), json!({"name": "n"}));
    history.move_to(&two, &mut live).expect("half way");
    assert!(!live.contains_key("fresh"), "it has the form of a newer version still");
    history.move_to(&three, &mut live).expect("forward");
    assert_eq!((live, history), (newest, History::new(&three)));
}

#[test]
fn what_a_newer_version_wrote_in_words_of_its_own_survives_the_way_back() {
    let known =
        |settings: &Tree| if settings.keys().all(|name| name == "name") { Ok(()) } else { Err("unknown".into()) };
    let one = Release { accepts: known, ..release(1, NONE) };
    let two = release(2, NONE);
    let mut stored = json!({
        "version": "2.0.0",
        "migrations": [
            {"version": "1.5.0", "operations": [{"rename": {"from": "settings.name", "to": "settings.network.name"}},
                                                {"split": {"key": "settings.old", "at": ","}}], "by": "hand"},
            "an entry of another form"
        ],
        "removed": {"1.5.0": {"old": "a,b"}},
        "set_aside": {"3.0.0": {"newest": 1}},
        "checked": {"by": "version 2"}
    });
    let mut history: History = serde_json::from_value(stored.clone()).expect("read");
    let mut live = settings(json!({"network": {"name": "n"}, "parts": ["a", "b"]}));
    assert_eq!(history.move_to(&one, &mut live).expect("back"), 2);
    assert_eq!(Value::Object(live.clone()), json!({"name": "n"}), "what it knows is taken back");

    let kept = serde_json::to_value(&history).expect("encoded");
    stored["set_aside"]["2.0.0"] = json!({"parts": ["a", "b"]});
    for part in ["removed", "set_aside", "checked"] {
        assert_eq!(kept[part], stored[part], "{part}");
    }
    assert_eq!(history.move_to(&two, &mut live).expect("forward"), 0);
    assert_eq!(Value::Object(live), json!({"name": "n", "parts": ["a", "b"]}));
}

#[test]
fn a_way_forward_that_ends_badly_is_refused_in_words() {
    let picky = Release { accepts: |_| Err("settings.mode: not one of a, b".into()), ..release(2, SECOND) };
    for (to, given, why) in [
        (release(2, SECOND), json!({"name": "n", "network": {"name": "m"}}), "which has a value already"),
        (release(2, SECOND), json!({"name": "n", "network": "flat"}), "which has a value already"),
        (picky, json!({"mode": "c"}), "settings.mode: not one of a, b. They are as they were"),
    ] {
        let refusal =
            History::new(&release(1, NONE)).move_to(&to, &mut settings(given)).expect_err("refused").to_string();
        assert!(
            refusal.starts_with("Unable to bring the settings of version 1.0.0 to the form of 2.0.0: "),
            "{refusal}"
        );
        assert!(refusal.contains(why), "{refusal}");
    }
}

/// Names and values that a version gives are its own: the precondition of `rename` and `map`.
fn operation(version: u64) -> impl Strategy<Value = String> {
    let key = || prop::sample::select(vec!["a", "b.c", "b.d", "e.f.g", "v2.x", "v2.y", "v3.x"]);
    prop_oneof![
        (key(), prop::sample::select(vec!["x", "y", "z.z"])).prop_map(move |(from, to)| format!(
            "{{ rename = {{ from = 'settings.{from}', to = 'settings.v{version}.{to}-{}' }} }}",
            from.replace('.', "-")
        )),
        key().prop_map(|key| format!("{{ remove = 'settings.{key}' }}")),
        key().prop_map(move |key| format!(
            "{{ map = {{ key = 'settings.{key}', values = [[0, {version}0], [1, {version}1]] }} }}"
        )),
    ]
}

fn list() -> impl Strategy<Value = String> {
    let migration = |version| {
        prop::collection::vec(operation(version), 0..4).prop_map(move |list| {
            format!("[[migration]]\nversion = '{version}.0.0'\noperations = [{}]\n", list.join(","))
        })
    };
    (migration(2), migration(3), migration(4)).prop_map(|(two, three, four)| [two, three, four].concat())
}

fn any_settings() -> impl Strategy<Value = Tree> {
    let paths = ["a", "b.c", "b.d", "e.f.g"];
    prop::collection::vec(prop::option::of(0..3_u8), 4).prop_map(move |values| {
        let mut settings = Tree::new();
        for (path, value) in paths.iter().zip(values).filter_map(|(path, value)| Some((path, value?))) {
            let segments: Vec<_> = path.split('.').map(str::to_owned).collect();
            tree::insert(&mut settings, &segments, json!(value));
        }
        settings
    })
}

proptest! {
    #[test]
    fn forward_then_back_is_identity(before in any_settings(), list in list(), stops in prop::collection::vec(1..=4_u64, 0..5)) {
        let start = release(1, &list);
        let (mut history, mut live) = (History::new(&start), before.clone());
        for stop in stops {
            history.move_to(&release(stop, &list), &mut live).expect("moved");
            let stored = serde_json::to_vec(&history).expect("encoded");
            history = serde_json::from_slice(&stored).expect("decoded");
        }
        // The older version knows nothing of what the newer ones changed.
        history.move_to(&release(1, NONE), &mut live).expect("back");
        prop_assert_eq!(live, before);
    }
}
