//! Clocks that were wrong, and clocks that are going to be set.

use super::publication;
use crate::machine::Machine;
use crate::repository::{FIRST, Publication};
use crate::server::Fault;
use jiff::{SignedDuration, Timestamp};
use std::fs;
use std::thread::{sleep, spawn};
use std::time::Duration;

fn from_now(hours: i64) -> Timestamp {
    Timestamp::now() + SignedDuration::from_hours(hours)
}

/// The machine verified a repository when its clock said this.
fn verified_at(machine: &Machine, time: Timestamp) {
    machine.succeeds("refresh");
    machine.edit_seen(|seen| {
        for repository in seen["repositories"].as_object_mut().expect("repositories").values_mut() {
            repository["verified_at"] = time.to_string().into();
        }
    });
}

#[test]
fn a_clock_that_was_ahead_blocks_no_refresh() {
    let machine = Machine::new();
    machine.publish(&publication(1, &[FIRST]));
    verified_at(&machine, from_now(2));
    machine.succeeds("refresh");
    machine.publish(&publication(2, &[FIRST]));
    machine.succeeds("refresh");
    machine.succeeds("prepare");
}

/// Not for a clock that is set back, either: who can do that could show an old publication for ever.
#[test]
fn what_had_expired_stays_expired_until_the_operator_accepts_the_clock() {
    let machine = Machine::new();
    machine.publish(&publication(1, &[FIRST]));
    verified_at(&machine, from_now(2));
    machine.publish(&Publication { expires: from_now(1), ..publication(2, &[FIRST]) });
    let words = "POST /actions/refresh-updates?recover=true";
    machine.fails_without_a_write("refresh", words);
    machine.fails_without_a_write("refresh", "the clock was ahead then, or is behind now");
    machine.recovers();
    machine.succeeds("refresh");
}

#[test]
fn nothing_is_remembered_of_a_clock_that_verified_nothing() {
    let machine = Machine::new();
    machine.publish(&publication(1, &[FIRST]));
    machine.succeeds("refresh");
    let before = fs::read(machine.at("seen")).expect("read");
    machine.server.fail("timestamp.json", Fault::Status(404), 1);
    machine.fails_without_a_write("refresh", "404");
    assert!(fs::read(machine.at("seen")).expect("read") == before);
}

#[test]
fn a_refresh_waits_for_the_time_servers_where_there_are_some() {
    let machine = Machine::new();
    machine.publish(&publication(1, &[FIRST]));
    fs::write(machine.at("time-servers"), "[Time]\nNTP=192.0.2.1\n").expect("written");
    let synchronized = machine.at("synchronized");
    let setting = spawn({
        let synchronized = synchronized.clone();
        move || {
            sleep(Duration::from_millis(500));
            fs::write(synchronized, "").expect("written");
        }
    });
    machine.succeeds("refresh");
    assert!(synchronized.exists(), "the refresh did not wait");
    setting.join().expect("no panic");
}
