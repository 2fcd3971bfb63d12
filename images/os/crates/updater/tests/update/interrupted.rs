//! Servers that go away in the middle.

use crate::image::Image;
use crate::machine::Machine;
use crate::server::Fault;
use serde_json::json;
use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

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
    machine.server.fail(ROOT, Fault::CutAfter(1000), 1);
    assert_eq!(machine.succeeds("prepare")["update_state"], "Staged");
    assert!(machine.disk.partition(9, image.root.len()) == image.root);
    let froms: Vec<_> = machine.server.requests().into_iter().filter(|(path, _)| path.contains(ROOT)).collect();
    assert!(froms.iter().any(|(_, from)| *from == Some(1000)), "{froms:?}");
}

#[test]
fn a_server_without_ranges_is_asked_for_all_of_it_again() {
    let (machine, image) = ready_to_prepare();
    machine.server.ignore_ranges();
    machine.server.fail(ROOT, Fault::CutAfter(1000), 2);
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
fn a_server_that_stays_away_costs_nothing_and_the_next_try_succeeds() {
    let (machine, _) = ready_to_prepare();
    machine.server.fail("1.1.0-hash.lz4", Fault::CutAfter(100), 1);
    machine.server.fail("1.1.0-hash.lz4", Fault::CutAfter(0), 5);
    assert_eq!(machine.fails_without_a_write("prepare", "1.1.0-hash.lz4")["update_state"], "Available");
    assert_eq!(machine.succeeds("prepare")["update_state"], "Staged");
}

#[test]
fn a_second_try_that_breaks_off_leaves_what_was_staged() {
    let (machine, _) = ready_to_prepare();
    let staged = machine.succeeds("prepare");
    machine.server.fail("1.1.0-hash.lz4", Fault::CutAfter(100), 1);
    machine.server.fail("1.1.0-hash.lz4", Fault::Status(410), 1);
    let status = machine.fails_without_a_write("prepare", "410 Gone");
    assert_eq!(
        (&status["update_state"], &status["staging_partition"]),
        (&json!("Staged"), &staged["staging_partition"])
    );
    assert_eq!(machine.succeeds("activate")["update_state"], "Ready");
}

#[test]
fn a_killed_download_leaves_no_file_and_no_write() {
    let (machine, _) = ready_to_prepare();
    let before = machine.disk.bytes();
    machine.server.fail(ROOT, Fault::CutAfter(1000), 99);
    let mut updater = machine.updater("A", &["prepare"]).spawn().expect("the updater runs");
    let deadline = Instant::now() + Duration::from_secs(60);
    while !machine.server.requests().iter().any(|(path, from)| path.contains(ROOT) && from.is_some()) {
        assert!(Instant::now() < deadline, "the download does not begin");
        sleep(Duration::from_millis(5));
    }
    updater.kill().expect("killed");
    updater.wait().expect("ended");
    assert_eq!(fs::read_dir(machine.at("downloads")).expect("listed").count(), 0);
    assert!(machine.disk.bytes() == before);
    let status = machine.status();
    assert_eq!(status["update_state"], "Available");
    assert_eq!(status["most_recent_command"]["cmd_status"], "Unknown");
}

#[test]
fn a_file_that_is_gone_is_named() {
    let (machine, _) = ready_to_prepare();
    machine.server.fail(ROOT, Fault::Status(404), 1);
    machine.fails_without_a_write("prepare", "404 Not Found");
    machine.server.fail(ROOT, Fault::Status(302), 1);
    machine.fails_without_a_write("prepare", "302 Found, expected 200 OK");
}

#[test]
fn the_status_tells_how_much_was_fetched() {
    let (machine, _) = ready_to_prepare();
    let size = |name| std::fs::metadata(machine.published("targets", name)).expect("there").len();
    let total = [ROOT, "1.1.0-boot.lz4", "1.1.0-hash.lz4"].map(size).iter().sum::<u64>();
    machine.server.fail("1.1.0-hash.lz4", Fault::Status(410), 1);
    let fetched = total - size("1.1.0-hash.lz4");
    let status = machine.fails("prepare", "410 Gone");
    assert_eq!(status["progress"], json!({ "fetched_bytes": fetched, "total_bytes": total }));
    let status = machine.succeeds("prepare");
    assert_eq!(status["progress"], json!({ "fetched_bytes": total, "total_bytes": total }));
}
