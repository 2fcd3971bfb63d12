//! Metadata that states lengths of its own.

use super::publication;
use crate::machine::Machine;
use crate::repository::{FIRST, resign, signed};
use std::collections::HashMap;
use std::fs;
use std::num::NonZeroU64;
use tough::schema::{DelegatedRole, DelegatedTargets, Delegations, KeyHolder, Metafile, PathPattern, PathSet};
use tough::schema::{RoleType, Root, Signed, Snapshot, Targets, Timestamp};

const MIB: u64 = 1 << 20;

fn stated(length: u64) -> Metafile {
    Metafile { length: Some(length), hashes: None, version: NonZeroU64::MIN, _extra: HashMap::new() }
}

fn published() -> Machine {
    let machine = Machine::new();
    machine.publish(&publication(1, &[FIRST]));
    machine
}

/// Signs a snapshot with other statements, and a timestamp that leads to it.
fn state(machine: &Machine, change: impl FnOnce(&mut HashMap<String, Metafile>)) {
    resign(&machine.published("metadata", "snapshot.json"), FIRST, |snapshot: &mut Snapshot| {
        change(&mut snapshot.meta)
    });
    state_snapshot(machine, MIB);
}

fn state_snapshot(machine: &Machine, length: u64) {
    resign(&machine.published("metadata", "timestamp.json"), FIRST, |timestamp: &mut Timestamp| {
        timestamp.meta.insert("snapshot.json".into(), stated(length));
    });
}

/// White space follows: it is still JSON.
fn pad(machine: &Machine, name: &str, length: u64) {
    let mut bytes = fs::read(machine.published("metadata", name)).expect("read");
    bytes.resize(length as usize, b' ');
    fs::write(machine.published("metadata", name), bytes).expect("written");
}

#[test]
fn a_snapshot_ends_at_its_limit_whatever_length_is_stated() {
    let machine = published();
    state_snapshot(&machine, 1 << 40);
    machine.succeeds("refresh");
    pad(&machine, "snapshot.json", MIB + 1);
    machine.fails_without_a_write("refresh", "its limit of 1048576 bytes");
}

#[test]
fn targets_end_at_their_limit_whatever_length_is_stated() {
    let machine = published();
    state(&machine, |meta| drop(meta.insert("targets.json".into(), stated(30 * MIB))));
    machine.succeeds("refresh");
    pad(&machine, "targets.json", 10 * MIB + 1);
    machine.fails_without_a_write("refresh", "1.targets.json");
}

/// Each below the limit, all together above it.
#[test]
fn delegated_roles_share_the_limit_of_targets() {
    let machine = published();
    let names = ["a", "b", "c"];
    delegate(&machine, &names);
    machine.succeeds("refresh");
    for name in names {
        pad(&machine, &format!(".{name}.json"), 4 * MIB);
    }
    machine.fails_without_a_write("refresh", "1.c.json");
}

/// The padding is not kept, and neither are targets: a file of a few kilobytes is.
#[test]
fn what_is_kept_on_the_disk_is_small() {
    let machine = published();
    delegate(&machine, &["a", "b"]);
    pad(&machine, ".a.json", 4 * MIB);
    machine.succeeds("refresh");
    assert!(fs::metadata(machine.at("seen")).expect("a file").len() < 64 << 10);
    let left = fs::read_dir(machine.at("run")).expect("listed").map(|entry| entry.expect("an entry").path());
    assert!(left.filter(|path| path.is_dir()).all(|path| fs::read_dir(path).expect("listed").count() <= 1));
}

/// Roles that may sign for files of their own names, and have none.
fn delegate(machine: &Machine, names: &[&str]) {
    let root: Signed<Root> = serde_json::from_slice(&fs::read(machine.at("root.json")).expect("read")).expect("a root");
    let key = root.signed.roles[&RoleType::Targets].keyids[0].clone();
    let role = |name: &&str| DelegatedRole {
        name: (*name).into(),
        keyids: vec![key.clone()],
        threshold: NonZeroU64::MIN,
        paths: PathSet::Paths(vec![PathPattern::new(format!("{name}-*")).expect("a pattern")]),
        terminating: false,
        targets: None,
    };
    let delegations = Delegations { keys: root.signed.keys.clone(), roles: names.iter().map(role).collect() };
    let holder = KeyHolder::Delegations(delegations.clone());
    let directory = machine.at("repository/metadata");
    for name in names {
        let targets =
            Targets { delegations: None, ..Targets::new("1.0.0".into(), NonZeroU64::MIN, root.signed.expires) };
        let file = signed(DelegatedTargets { name: (*name).into(), targets }, &holder, FIRST.online);
        fs::write(directory.join(format!("1.{name}.json")), file).expect("written");
    }
    let targets = machine.published("metadata", "targets.json");
    resign(&targets, FIRST, |targets: &mut Targets| targets.delegations = Some(delegations));
    state(machine, |meta| {
        meta.extend(names.iter().chain(&["targets"]).map(|name| (format!("{name}.json"), stated(5 * MIB))));
    });
}
