//! Random work on a store, checked against a plain model of it, with a power cut at every step of a write.

use datastore::{Opened, Store, StoreError, TransactionName};
use migrations::{Migrations, Release};
use models::tree::{Tree, insert, merge};
use proptest::prelude::*;
use semver::Version;
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs, path::Path};

#[derive(Clone, Debug)]
enum Step {
    Patch { tx: usize, setting: usize, value: u8 },
    Commit { tx: usize },
    Delete { tx: usize },
    Restart,
}

const TRANSACTIONS: [&str; 2] = ["default", "bottlerocket-launch"];
const SETTINGS: [[&str; 2]; 3] = [["network", "hostname"], ["network", "hosts"], ["kernel", "lockdown"]];

#[derive(Clone, Debug, Default, PartialEq)]
struct Model {
    live: Tree,
    pending: BTreeMap<usize, Tree>,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..2_usize, 0..3_usize, any::<u8>()).prop_map(|(tx, setting, value)| Step::Patch { tx, setting, value }),
        2 => (0..2_usize).prop_map(|tx| Step::Commit { tx }),
        1 => (0..2_usize).prop_map(|tx| Step::Delete { tx }),
        1 => Just(Step::Restart),
    ]
}

fn tx(index: usize) -> TransactionName {
    TRANSACTIONS[index].parse().expect("a valid name")
}

fn observed(store: &Store) -> Model {
    let held = |index| Some((index, store.pending(&tx(index)))).filter(|(_, tree)| !tree.is_empty());
    Model { live: store.live().clone(), pending: (0..2).filter_map(held).collect() }
}

fn take(store: &mut Store, model: &mut Model, step: &Step) {
    match *step {
        Step::Patch { tx: index, setting, value } => {
            let mut settings = Tree::new();
            insert(&mut settings, &SETTINGS[setting].map(String::from), json!(value));
            merge(model.pending.entry(index).or_default(), settings.clone());
            store.patch(&tx(index), settings).expect("patched");
        }
        Step::Commit { tx: index } => match (model.pending.remove(&index), store.commit(&tx(index))) {
            (Some(settings), Ok(_)) => merge(&mut model.live, settings),
            (None, Err(StoreError::NothingPending)) => {}
            (expected, got) => panic!("commit of {expected:?} gave {got:?}"),
        },
        Step::Delete { tx: index } => {
            let deleted = store.delete(&tx(index)).expect("deleted");
            assert_eq!(model.pending.remove(&index).is_some(), !deleted.is_empty());
        }
        Step::Restart => {}
    }
}

fn reopened(dir: &Path) -> (Store, Opened) {
    opened_by(1, dir)
}

fn opened_by(major: u64, dir: &Path) -> (Store, Opened) {
    let release =
        Release { version: Version::new(major, 0, 0), migrations: Migrations::default(), accepts: |_| Ok(()) };
    Store::open(dir, &release).expect("opened")
}

/// Every state that a cut during the replacement of `old` by `new` can leave must read as the one or the other.
fn cuts_are_all_or_nothing(old: Option<&[u8]>, new: &[u8], before: &Model, after: &Model) {
    let lengths = [0, 1, new.len() / 2, new.len() - 1, new.len()];
    for staged in lengths.into_iter().map(Some).chain([None]) {
        let cut = tempfile::tempdir().expect("a directory");
        let live = if staged.is_some() { old } else { Some(new) };
        if let Some(live) = live {
            fs::write(cut.path().join("store.json"), live).expect("written");
        }
        if let Some(length) = staged {
            fs::write(cut.path().join("store.json.new"), &new[..length]).expect("written");
        }
        let (mut store, opened) = reopened(cut.path());
        assert!(!matches!(opened, Opened::SetAside { .. }), "{opened:?}");
        assert_eq!(&observed(&store), if staged.is_some() { before } else { after });
        store.patch(&tx(0), json!({"motd": "x"}).as_object().expect("an object").clone()).expect("still writable");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn a_store_is_its_model_and_a_cut_leaves_the_state_before_or_after(
        steps in prop::collection::vec(step(), 1..12)
    ) {
        let dir = tempfile::tempdir().expect("a directory");
        let document = dir.path().join("store.json");
        let mut store = reopened(dir.path()).0;
        let mut model = Model::default();
        for step in &steps {
            let (before, old) = (model.clone(), fs::read(&document).ok());
            take(&mut store, &mut model, step);
            prop_assert_eq!(&observed(&store), &model);
            store = reopened(dir.path()).0;
            prop_assert_eq!(&observed(&store), &model, "what is answered is on disk");
            if let Ok(new) = fs::read(&document) {
                cuts_are_all_or_nothing(old.as_deref(), &new, &before, &model);
            }
        }
    }
}

fn settings(value: Value) -> Tree {
    value.as_object().expect("an object").clone()
}

fn stored(dir: &Path) -> Value {
    serde_json::from_slice(&fs::read(dir.join("store.json")).expect("read")).expect("JSON")
}

#[test]
fn a_damaged_store_is_kept_and_said_so() {
    let dir = tempfile::tempdir().expect("a directory");
    let damaged = [&b"{\"format\":1,\"live\""[..], b"\xff\x00", b"", b"{\"format\":9,\"live\":[]}"];
    for (nth, bad) in damaged.into_iter().enumerate() {
        fs::write(dir.path().join("store.json"), bad).expect("written");
        let (store, opened) = reopened(dir.path());
        assert!(store.live().is_empty());
        let Opened::SetAside { reason, kept_as } = opened else { panic!("{opened:?}") };
        let names = ["store.json.corrupt", "store.json.corrupt.2", "store.json.corrupt.3"];
        assert_eq!(kept_as, names[nth.min(2)], "the first ones stay");
        assert_eq!(fs::read(dir.path().join(&kept_as)).expect("kept"), bad);
        // As long as there is this store, it is known what it replaced.
        let (again, opened) = reopened(dir.path());
        assert_eq!((again.damaged(), opened), (Some(&json!({"reason": reason, "kept_as": kept_as})), Opened::Existing));
    }
    assert_eq!(fs::read(dir.path().join("store.json.corrupt")).expect("kept"), damaged[0]);
}

#[test]
fn a_power_cut_while_a_damaged_store_is_kept_costs_no_second_name() {
    let dir = tempfile::tempdir().expect("a directory");
    fs::write(dir.path().join("store.json"), "torn").expect("written");
    fs::hard_link(dir.path().join("store.json"), dir.path().join("store.json.corrupt")).expect("linked");
    let opened = reopened(dir.path()).1;
    assert!(matches!(opened, Opened::SetAside { kept_as, .. } if kept_as == "store.json.corrupt"));
    assert_eq!(fs::read(dir.path().join("store.json.corrupt")).expect("kept"), b"torn");
    assert!(!dir.path().join("store.json.corrupt.2").exists());
}

#[test]
fn a_newer_version_s_store_is_read_and_what_is_unknown_in_it_is_kept() {
    let dir = tempfile::tempdir().expect("a directory");
    let newer = json!({
        "format": 2,
        "history": {
            "version": "2.0.0",
            "migrations": [{"version": "2.0.0", "operations": [{"split": {"key": "settings.hosts"}}]}],
            "removed": {"2.0.0": {"hosts": "a,b"}},
            "set_aside": {},
            "signed": true
        },
        "live": {"motd": "set under 2.0.0"},
        "pending": {"default": {"motd": "waits"}, "no name!": {"motd": "x"}, "other": ["not", "a", "tree"]},
        "profiles": {"night": {"motd": "zzz"}}
    });
    fs::write(dir.path().join("store.json"), newer.to_string()).expect("written");
    let (mut store, opened) = reopened(dir.path());
    assert_eq!(opened, Opened::Migrated { from: Version::new(2, 0, 0), unknown: 1 });
    assert_eq!(Value::Object(store.live().clone()), newer["live"]);
    assert_eq!(store.transactions().map(|name| String::from(name.clone())).collect::<Vec<_>>(), ["default"]);

    store.patch(&tx(0), settings(json!({"motd": "set since"}))).expect("patched");
    store.commit(&tx(0)).expect("committed");
    let kept = stored(dir.path());
    assert_eq!(kept["profiles"], newer["profiles"]);
    assert_eq!(kept["history"]["signed"], true);
    assert_eq!(kept["history"]["removed"], newer["history"]["removed"]);
    assert_eq!(kept["format"], 1, "so that the newer version knows who wrote last");
    assert_eq!(opened_by(2, dir.path()).0.live()["motd"], "set since");
}

#[test]
fn the_form_of_another_version_is_on_disk_when_the_store_is_open() {
    let dir = tempfile::tempdir().expect("a directory");
    reopened(dir.path()).0.patch(&tx(0), settings(json!({"motd": "x"}))).expect("patched");
    let migrated = Opened::Migrated { from: Version::new(1, 0, 0), unknown: 0 };
    for (major, expected) in [(2, migrated), (2, Opened::Existing)] {
        assert_eq!(opened_by(major, dir.path()).1, expected);
    }
}

#[test]
fn a_store_has_a_largest_size() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut store = reopened(dir.path()).0;
    let half = json!({"motd": "x".repeat(datastore::MAX_STORE_BYTES / 2)});
    let half = half.as_object().expect("an object");
    store.patch(&tx(0), half.clone()).expect("fits");
    assert!(matches!(store.patch(&tx(1), half.clone()), Err(StoreError::Full { .. })));
    assert!(store.pending(&tx(1)).is_empty());
}
