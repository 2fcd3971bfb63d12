//! What becomes of an update between the refresh that found it and the prepare that is to write it.

use crate::image::Image;
use crate::machine::Machine;
use crate::repository::{Publication, entry, manifest};
use serde_json::{Value, json};

/// A machine that has chosen 1.1.0.
fn found() -> Machine {
    let machine = Machine::offered("1.1.0", &Image::of("1.1.0"));
    assert_eq!(machine.succeeds("refresh")["chosen_update"]["version"], "1.1.0");
    machine
}

fn publish(machine: &Machine, manifest: Value) {
    machine.publish(&Publication { version: 2, manifest, ..Publication::of("1.1.0", &Image::of("1.1.0")) });
}

fn expect_gone(machine: &Machine) {
    let status = machine.fails_without_a_write("prepare", "Previously chosen Update no longer exists");
    assert_eq!(status["most_recent_command"]["exit_status"], 66);
    assert_eq!((&status["update_state"], &status["staging_partition"]), (&json!("Available"), &json!(null)));
}

#[test]
fn a_version_that_is_no_longer_listed_is_not_prepared() {
    let machine = found();
    publish(&machine, manifest(&[entry("1.2.0")]));
    expect_gone(&machine);
    publish(&machine, manifest(&[]));
    expect_gone(&machine);
}

#[test]
fn a_version_above_a_lowered_max_version_is_not_prepared() {
    let machine = found();
    let mut recalled = entry("1.1.0");
    recalled["max_version"] = json!("1.0.0");
    publish(&machine, manifest(&[recalled]));
    expect_gone(&machine);
}

#[test]
fn a_version_whose_wave_was_put_off_is_not_prepared() {
    let machine = found();
    let mut waiting = entry("1.1.0");
    waiting["waves"] = json!({"0": "2999-01-01T00:00:00Z"});
    publish(&machine, manifest(&[waiting]));
    expect_gone(&machine);
    machine.configure("ignore_waves = true");
    assert_eq!(machine.succeeds("prepare")["update_state"], "Staged");
}

#[test]
fn a_version_other_than_a_new_lock_is_not_prepared() {
    let machine = found();
    for lock in ["1.2.0", "1.0.0"] {
        machine.configure(&format!("version_lock = \"{lock}\""));
        expect_gone(&machine);
    }
    machine.configure("version_lock = \"v1.1.0\"");
    assert_eq!(machine.succeeds("prepare")["update_state"], "Staged");
}

#[test]
fn a_newer_version_beside_the_chosen_one_changes_nothing() {
    let machine = found();
    publish(&machine, manifest(&[entry("1.2.0"), entry("1.1.0")]));
    assert_eq!(machine.succeeds("prepare")["staging_partition"]["image"]["version"], "1.1.0");
}

#[test]
fn migrations_that_do_not_lead_there_refuse_the_update() {
    let machine = found();
    for (table, words) in [
        (json!({"(1.1.0, 1.2.0)": []}), "no migration from 1.0.0 on the way from 1.0.0 to 1.1.0"),
        (json!({"(1.0.0, 1.1.0)": ["migrate_1.1.0_a.lz4"]}), "\"migrate_1.1.0_a.lz4\" run between 1.0.0 and 1.1.0"),
    ] {
        publish(&machine, json!({"updates": [entry("1.1.0")], "migrations": table}));
        assert_eq!(machine.fails_without_a_write("prepare", words)["update_state"], "Available");
    }
    publish(&machine, json!({"updates": [entry("1.1.0")], "migrations": {"(1.0.0, 1.1.0)": []}}));
    assert_eq!(machine.succeeds("prepare")["update_state"], "Staged");
}
