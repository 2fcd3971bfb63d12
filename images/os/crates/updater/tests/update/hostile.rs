//! Repositories that lie. tough does the work; that it is asked to is what is proved here.

use crate::image::Image;
use crate::machine::Machine;
use crate::repository::{Keys, Publication, entry, manifest};
use crate::server::Fault;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use std::fs;

fn honest() -> Publication {
    Publication::of("1.1.0", &Image::of("1.1.0"))
}

fn refused(machine: &Machine, words: &str) {
    let status = machine.fails_without_a_write("refresh", words);
    assert_eq!((&status["update_state"], &status["chosen_update"]), (&json!("Idle"), &json!(null)));
}

#[test]
fn another_key_is_not_trusted() {
    let machine = Machine::new();
    machine.publish(&Publication { trusted: vec![Keys { root: 2, online: 2 }], ..honest() });
    refused(&machine, "Failed to verify timestamp metadata");
}

#[test]
fn a_changed_byte_is_noticed() {
    let machine = Machine::new();
    machine.publish(&honest());
    let path = machine.published("metadata", "timestamp.json");
    let text = fs::read_to_string(&path).expect("read");
    fs::write(&path, text.replace("\"version\": 1", "\"version\": 9")).expect("written");
    refused(&machine, "Failed to verify timestamp metadata");
}

#[test]
fn expired_metadata_is_refused() {
    let machine = Machine::new();
    machine.publish(&Publication { expires: Timestamp::now() - SignedDuration::from_secs(5), ..honest() });
    refused(&machine, "expired");
}

/// The metadata that was seen outlives a reboot: this is what it is kept for.
#[test]
fn metadata_older_than_seen_is_refused_also_after_a_reboot() {
    let machine = Machine::new();
    machine.publish(&Publication { version: 5, ..honest() });
    machine.succeeds("refresh");
    machine.publish(&Publication { version: 4, ..honest() });
    let status = machine.fails_without_a_write("refresh", "Found version 4");
    assert_eq!(status["update_state"], "Idle");
    machine.reboot();
    refused(&machine, "Found version 4");
}

#[test]
fn a_target_with_another_content_is_refused() {
    let machine = Machine::new();
    machine.publish(&honest());
    let path = machine.published("targets", "manifest.json");
    let text = fs::read_to_string(&path).expect("read");
    fs::write(&path, text.replace("1.1.0", "9.9.9")).expect("written");
    refused(&machine, "Hash mismatch");
}

#[test]
fn endless_data_is_cut_off() {
    let machine = Machine::new();
    machine.publish(&honest());
    for file in ["targets.json", "snapshot.json", "timestamp.json"] {
        machine.server.fail(file, Fault::Instead(vec![b' '; 3 << 20]), 1);
        refused(&machine, "exceeded");
    }
}

#[test]
fn names_that_leave_their_directory_are_refused() {
    let machine = Machine::new();
    let mut update = entry("1.1.0");
    update["images"]["root"] = json!("../../../etc/passwd");
    machine.publish(&Publication { manifest: manifest(&[update]), ..honest() });
    refused(&machine, "not \"../../../etc/passwd\"");
}

/// A failing server must not pass for one that has no newer root: keys may have been revoked there.
#[test]
fn a_root_that_cannot_be_had_is_not_a_root_that_is_not_there() {
    let machine = Machine::offered("1.1.0", &Image::of("1.1.0"));
    machine.server.fail("2.root.json", Fault::Status(500), 99);
    refused(&machine, "500 Internal Server Error");
}
