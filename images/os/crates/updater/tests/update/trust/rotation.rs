//! Root metadata that replaces keys, and repositories that would like it forgotten.

use super::{SECOND, publication};
use crate::machine::Machine;
use crate::repository::{FIRST, Keys, signed_root};
use crate::server::Fault;
use std::fs;

const THIRD: Keys = Keys { online: 3, ..FIRST };
const ALWAYS: usize = 99;

/// One that has seen the keys rotated, and version 5 of what the new ones sign.
fn rotated() -> Machine {
    let machine = Machine::new();
    machine.publish(&publication(1, &[FIRST]));
    machine.succeeds("refresh");
    machine.publish(&publication(5, &[FIRST, SECOND]));
    machine.succeeds("refresh");
    machine
}

#[test]
fn revoked_keys_stay_revoked_when_the_root_is_withheld() {
    let machine = rotated();
    machine.publish(&publication(6, &[FIRST]));
    for status in [404, 403, 410] {
        machine.server.fail("2.root.json", Fault::Status(status), 1);
        machine.fails_without_a_write("refresh", "Failed to verify timestamp metadata");
        machine.reboot();
    }
    fs::remove_file(machine.published("metadata", "2.root.json")).expect("removed");
    machine.fails_without_a_write("refresh", "Failed to verify timestamp metadata");
    machine.publish(&publication(6, &[FIRST, SECOND]));
    fs::remove_file(machine.published("metadata", "2.root.json")).expect("removed");
    machine.succeeds("refresh");
}

#[test]
fn an_old_publication_is_refused_after_a_rotation() {
    let machine = rotated();
    machine.publish(&publication(4, &[FIRST, SECOND]));
    for _ in 0..2 {
        machine.fails_without_a_write("refresh", "Found version 4");
    }
    machine.publish(&publication(5, &[FIRST, SECOND]));
    machine.succeeds("refresh");
}

/// TUF specification, 5.3.11: versions that a thief of the keys raised are forgotten with the keys, and only then.
#[test]
fn versions_a_thief_raised_are_forgotten_once_with_the_keys() {
    let machine = Machine::new();
    machine.publish(&publication(1_000_000, &[FIRST]));
    machine.succeeds("refresh");
    machine.publish(&publication(2, &[FIRST, SECOND]));
    machine.succeeds("refresh");
    machine.publish(&publication(1, &[FIRST, SECOND]));
    machine.fails_without_a_write("refresh", "Found version 1 ");
}

/// The root is new, its online keys are not: whatever was seen still counts.
#[test]
fn a_root_that_revokes_no_key_forgets_no_version() {
    let machine = Machine::new();
    machine.publish(&publication(5, &[FIRST]));
    machine.succeeds("refresh");
    machine.publish(&publication(4, &[FIRST, FIRST]));
    machine.fails_without_a_write("refresh", "Found version 4");
}

/// What was verified before a failure counts, else the next server could deny it.
#[test]
fn a_rotation_counts_even_when_the_rest_cannot_be_had() {
    let machine = Machine::new();
    machine.publish(&publication(1, &[FIRST]));
    machine.succeeds("refresh");
    machine.publish(&publication(5, &[FIRST, SECOND]));
    machine.server.fail("timestamp.json", Fault::Status(404), 1);
    machine.fails_without_a_write("refresh", "404");
    machine.publish(&publication(6, &[FIRST]));
    machine.server.fail("2.root.json", Fault::Status(404), ALWAYS);
    machine.fails_without_a_write("refresh", "Failed to verify timestamp metadata");
}

/// An image brings its own root. A rollback brings the old one back.
#[test]
fn images_with_other_roots_go_on_from_the_newest_one() {
    let machine = rotated();
    let image_root = |version, keys| fs::write(machine.at("root.json"), signed_root(version, keys)).expect("written");
    image_root(2, SECOND);
    machine.publish(&publication(4, &[FIRST, SECOND]));
    machine.fails_without_a_write("refresh", "Found version 4");

    image_root(3, THIRD);
    machine.publish(&publication(1, &[FIRST, SECOND, THIRD]));
    machine.succeeds("refresh");

    image_root(1, FIRST);
    machine.server.fail("root.json", Fault::Status(404), ALWAYS);
    for revoked in [&[FIRST][..], &[FIRST, SECOND]] {
        machine.publish(&publication(9, revoked));
        machine.fails_without_a_write("refresh", "Failed to verify timestamp metadata");
    }
}

/// Roots before those that are recorded come from the repository, or there is no way to the newest one.
#[test]
fn a_gap_before_the_seen_roots_is_filled_by_the_repository() {
    let machine = Machine::new();
    fs::write(machine.at("root.json"), signed_root(3, THIRD)).expect("written");
    machine.publish(&publication(5, &[FIRST, SECOND, THIRD]));
    machine.succeeds("refresh");
    fs::write(machine.at("root.json"), signed_root(1, FIRST)).expect("written");
    machine.server.fail("2.root.json", Fault::Status(404), 1);
    machine.fails_without_a_write("refresh", "it must go on publishing all of its roots");
    machine.publish(&publication(4, &[FIRST, SECOND, THIRD]));
    machine.fails_without_a_write("refresh", "Found version 4");
    machine.publish(&publication(6, &[FIRST, SECOND, THIRD]));
    machine.succeeds("refresh");
}

#[test]
fn a_root_that_the_one_before_did_not_sign_is_refused() {
    let machine = rotated();
    machine.publish(&publication(6, &[FIRST, SECOND, Keys { root: 9, online: 9 }]));
    machine.fails_without_a_write("refresh", "3.root.json");
}
