//! Servers that go away in the middle.

use crate::image::Image;
use crate::machine::Machine;
use crate::server::Fault;
use serde_json::json;

const ROOT: &str = "1.1.0-root.lz4";

fn ready_to_prepare() -> (Machine, Image) {
    let image = Image::of("1.1.0");
    let machine = Machine::offered("1.1.0", &image);
    machine.succeeds("refresh");
    (machine, image)
}

#[test]
fn a_cut_download_goes_on_where_it_was_cut() {
    let (machine, image) = ready_to_prepare();
    // The first request only looks at the header.
    machine.server.fail(ROOT, Fault::CutAfter(1000), 2);
    assert_eq!(machine.succeeds("prepare")["update_state"], "Staged");
    assert!(machine.disk.partition(9, image.root.len()) == image.root);
    let froms: Vec<_> = machine.server.requests().into_iter().filter(|(path, _)| path.contains(ROOT)).collect();
    assert!(froms.iter().any(|(_, from)| *from == Some(1000)), "{froms:?}");
}

#[test]
fn a_server_without_ranges_is_asked_for_all_of_it_again() {
    let (machine, image) = ready_to_prepare();
    machine.server.ignore_ranges();
    machine.server.fail(ROOT, Fault::CutAfter(1000), 3);
    machine.succeeds("prepare");
    assert!(machine.disk.partition(9, image.root.len()) == image.root);
}

#[test]
fn a_server_that_stumbles_is_asked_again() {
    let (machine, _) = ready_to_prepare();
    machine.server.fail("timestamp.json", Fault::Status(503), 2);
    assert_eq!(machine.succeeds("prepare")["update_state"], "Staged");
}

#[test]
fn a_server_that_stays_away_leaves_an_empty_slot_and_the_next_try_succeeds() {
    let (machine, _) = ready_to_prepare();
    // The header is still had, and so writing begins.
    machine.server.fail("1.1.0-hash.lz4", Fault::CutAfter(100), 1);
    machine.server.fail("1.1.0-hash.lz4", Fault::CutAfter(0), 6);
    let status = machine.fails("prepare", "1.1.0-hash.lz4");
    assert_eq!((&status["update_state"], &status["staging_partition"]), (&json!("Available"), &json!(null)));
    assert_eq!(machine.disk.slots(), ("0101000000000000".into(), "0000000000000000".into()));
    assert_eq!(machine.succeeds("prepare")["update_state"], "Staged");
}

/// The slot that held the former update holds half of another one now.
#[test]
fn a_second_try_that_breaks_off_leaves_nothing_staged() {
    let (machine, _) = ready_to_prepare();
    machine.succeeds("prepare");
    machine.server.fail("1.1.0-hash.lz4", Fault::CutAfter(100), 1);
    machine.server.fail("1.1.0-hash.lz4", Fault::Status(410), 1);
    let status = machine.fails("prepare", "410 Gone");
    assert_eq!((&status["update_state"], &status["staging_partition"]), (&json!("Available"), &json!(null)));
    assert_eq!(machine.disk.slots().1, "0000000000000000");
}

#[test]
fn a_file_that_is_gone_is_named() {
    let (machine, _) = ready_to_prepare();
    machine.server.fail(ROOT, Fault::Status(404), 1);
    machine.fails_without_a_write("prepare", "404 Not Found");
    machine.server.fail(ROOT, Fault::Status(302), 1);
    machine.fails_without_a_write("prepare", "302 Found, expected 200 OK");
}
