//! The record of what was seen: its file, and which repository it counts for.

use super::{SECOND, publication};
use crate::machine::Machine;
use crate::repository::{FIRST, Keys, signed_root};
use std::fs;

const WAY_OUT: &str = "POST /actions/refresh-updates?recover=true";

fn seen(version: u64) -> Machine {
    let machine = Machine::new();
    machine.publish(&publication(version, &[FIRST]));
    machine.succeeds("refresh");
    machine
}

/// A record is written beside the old one, synced, and renamed over it.
#[test]
fn a_power_cut_leaves_the_old_record_or_the_new_one() {
    let machine = seen(5);
    let old = fs::read(machine.at("seen")).expect("read");
    machine.publish(&publication(6, &[FIRST]));
    machine.succeeds("refresh");
    let new = fs::read(machine.at("seen")).expect("read");
    for (record, beside, newest) in [
        (&old, None, 5),
        (&old, Some(&new[..0]), 5),
        (&old, Some(&new[..new.len() / 2]), 5),
        (&old, Some(&new[..]), 5),
        (&new, None, 6),
        (&new, Some(&old[..100]), 6),
    ] {
        let restore = || {
            fs::write(machine.at("seen"), record).expect("written");
            match beside {
                Some(bytes) => fs::write(machine.at("seen.new"), bytes).expect("written"),
                None => drop(fs::remove_file(machine.at("seen.new"))),
            }
        };
        restore();
        machine.publish(&publication(newest - 1, &[FIRST]));
        machine.fails_without_a_write("refresh", &format!("previously fetched version {newest}"));
        restore();
        machine.publish(&publication(newest, &[FIRST]));
        machine.succeeds("refresh");
    }
}

#[test]
fn damage_is_an_error_that_says_how_to_go_on() {
    let machine = seen(5);
    let whole = fs::read(machine.at("seen")).expect("read");
    for at in [0, 40, 64, 65, whole.len() / 3, whole.len() / 2, whole.len() - 2] {
        let mut damaged = whole.clone();
        damaged[at] ^= 1;
        fs::write(machine.at("seen"), &damaged).expect("written");
        machine.fails_without_a_write("refresh", WAY_OUT);
        assert!(fs::read(machine.at("seen")).expect("read") == damaged, "the damage was overwritten");
    }
    for length in [0, 64, whole.len() - 1] {
        fs::write(machine.at("seen"), &whole[..length]).expect("written");
        machine.fails_without_a_write("refresh", "is damaged");
    }
    machine.publish(&publication(4, &[FIRST]));
    machine.recovers();
    machine.publish(&publication(3, &[FIRST]));
    machine.fails_without_a_write("refresh", "Found version 3");
}

#[test]
fn recovery_forgets_nothing_that_is_whole() {
    let machine = seen(5);
    machine.publish(&publication(4, &[FIRST]));
    for _ in 0..2 {
        let output = machine.run_on("A", &["refresh", "--recover"]);
        assert!(!output.status.success());
        assert!(String::from_utf8_lossy(&output.stderr).contains("Found version 4"));
    }
}

/// Both images are genuine, but no root leads from the keys of one to those of the other.
#[test]
fn an_image_with_unrelated_keys_asks_before_it_begins_anew() {
    let machine = seen(1);
    machine.publish(&publication(2, &[FIRST, SECOND]));
    machine.succeeds("refresh");
    let other = Keys { root: 7, online: 7 };
    fs::write(machine.at("root.json"), signed_root(1, other)).expect("written");
    machine.publish(&publication(1, &[other]));
    machine.fails_without_a_write("refresh", WAY_OUT);
    fs::remove_file(machine.published("metadata", "2.root.json")).expect("removed");
    machine.recovers();
    machine.succeeds("refresh");
}

#[test]
fn versions_count_for_the_repository_they_came_from() {
    let machine = seen(5);
    machine.publish(&publication(4, &[FIRST]));
    machine.fails_without_a_write("refresh", "Found version 4");
    machine.move_below("other");
    machine.succeeds("refresh");
    machine.publish(&publication(3, &[FIRST]));
    machine.fails_without_a_write("refresh", "previously fetched version 4");
    machine.configure("");
    machine.fails_without_a_write("refresh", "previously fetched version 5");
}

/// Keys that one repository revoked are not trusted in another.
#[test]
fn another_repository_is_held_to_the_same_roots() {
    let machine = seen(5);
    machine.publish(&publication(6, &[FIRST, SECOND]));
    machine.succeeds("refresh");
    machine.move_below("other");
    fs::remove_file(machine.published("metadata", "2.root.json")).expect("removed");
    machine.publish(&publication(7, &[FIRST]));
    machine.fails_without_a_write("refresh", "Failed to verify timestamp metadata");
}

#[test]
fn only_the_last_few_repositories_are_remembered() {
    let machine = seen(5);
    for number in 0..6 {
        machine.move_below(&format!("other-{number}"));
        machine.succeeds("refresh");
    }
    let mut count = 0;
    machine.edit_seen(|seen| count = seen["repositories"].as_object().expect("repositories").len());
    assert_eq!(count, 4);
    machine.succeeds("refresh");
}
