//! The manager over a kernel of files.

mod fake_kernel;
mod machine;

use crate::failure::Failure;
use crate::record::Record;
use crate::status::State;
use machine::{KERNEL, TestMachine};
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

fn on_trial(record: &Record) -> Vec<Option<String>> {
    record.kernels[KERNEL].patches.iter().map(|entry| entry.trial.clone()).collect()
}

#[test]
fn a_boot_of_the_same_kernel_loads_what_it_had() {
    let machine = TestMachine::with(&[("b-1", ""), ("a", "")]);
    assert_eq!(machine.boot("second"), Ok(()));
    assert_eq!(machine.loaded(), ["a", "b_1"]);
    assert_eq!((machine.listed("b-1").state, machine.listed("a").on_trial), (State::Applied, true));
    machine.run_kernel("bb");
    assert_eq!(machine.boot("third"), Ok(()));
    assert!(machine.loaded().is_empty());
}

#[test]
fn a_kernel_that_comes_back_has_its_patches_again() {
    let machine = TestMachine::with(&[("a", "")]);
    for (kernel, boot, loaded) in [("bb", "second", 0), (KERNEL, "third", 1)] {
        machine.run_kernel(kernel);
        assert_eq!(machine.boot(boot), Ok(()));
        machine.run("reconcile").expect("allowed").expect("done");
        assert_eq!(machine.loaded().len(), loaded);
    }
}

#[test]
fn what_a_boot_did_not_get_over_is_not_loaded_again() {
    let machine = TestMachine::with(&[("good", ""), ("bad", "")]);
    assert_eq!(machine.boot("second"), Ok(()));
    machine.run("reconcile").expect("allowed").expect("done");
    let mut record = machine.record();
    assert_eq!(on_trial(&record), [None, None]);
    record.kernels.get_mut(KERNEL).expect("known").patches[1].trial = Some("second".into());
    record.save(&machine.at("state/record")).expect("saved");
    for boot in ["third", "fourth"] {
        assert_eq!(machine.boot(boot), Ok(()));
        assert_eq!(machine.loaded(), ["good"]);
        let bad = machine.listed("bad");
        assert!(bad.state == State::Refused && bad.reason.expect("a reason").contains("crashed"), "{boot}");
        machine.run("reconcile").expect("allowed").expect("done");
    }
}

/// The marker is on the disk before the kernel gets the module, and stays until the machine has got over it.
#[test]
fn a_load_is_on_trial_from_before_it_begins() {
    let machine = TestMachine::with(&[("a", "")]);
    assert_eq!(machine.boot("second"), Ok(()));
    let at_load = Record::read(&machine.at("record-at-load")).expect("read");
    assert_eq!(on_trial(&at_load), [Some("second".to_owned())]);
    assert_eq!(on_trial(&machine.record()), [Some("second".to_owned())]);
    machine.run("reconcile").expect("allowed").expect("done");
    assert_eq!(on_trial(&machine.record()), [None]);
}

#[test]
fn a_revert_is_for_good() {
    let machine = TestMachine::with(&[("a", ""), ("b", "")]);
    assert_eq!(machine.boot("second"), Ok(()));
    assert_eq!(machine.run("revert a"), Ok(Ok(())));
    assert_eq!((machine.loaded(), machine.listed("a").state), (vec!["b".to_owned()], State::Disabled));
    assert_eq!(fs::read_dir(machine.at("state/modules")).expect("listed").count(), 1);
    assert_eq!(machine.boot("third"), Ok(()));
    assert_eq!(machine.loaded(), ["b"]);
    assert!(matches!(machine.run("revert a"), Err(Failure::Conflict(_))));
    assert!(matches!(machine.run("revert c"), Err(Failure::Missing(_))));
}

#[test]
fn the_setting_takes_patches_out_and_brings_them_back() {
    let machine = TestMachine::with(&[("a", ""), ("b", "")]);
    assert_eq!(machine.boot("second"), Ok(()));
    machine.enable(false);
    assert_eq!(machine.run("reconcile"), Ok(Ok(())));
    assert!(machine.loaded().is_empty());
    let listed = machine.listed("a");
    assert_eq!(
        (listed.state, listed.reason.as_deref()),
        (State::Disabled, Some("settings.kernel.live-patch is false"))
    );
    assert!(matches!(machine.run("apply a"), Err(Failure::Conflict(_))));
    // Early in a boot the settings are not there yet; what they said last counts.
    fs::remove_file(machine.at("livepatch.toml")).expect("removed");
    assert_eq!(machine.boot("third"), Ok(()));
    assert!(machine.loaded().is_empty());
    machine.enable(true);
    assert_eq!(machine.run("reconcile"), Ok(Ok(())));
    assert_eq!(machine.loaded(), ["a", "b"]);
}

#[test]
fn a_module_that_was_changed_is_not_loaded() {
    let machine = TestMachine::with(&[("a", "")]);
    let module = fs::read_dir(machine.at("state/modules")).expect("listed").next().expect("one").expect("an entry");
    fs::write(module.path(), "a changed").expect("written");
    assert!(machine.boot("second").expect_err("refused").contains("it was changed since it was kept"));
    assert!(machine.loaded().is_empty());
}

#[test]
fn what_the_kernel_refuses_is_refused_with_its_reason() {
    let machine = TestMachine::with(&[("a", "unsigned"), ("b", "")]);
    assert!(machine.boot("second").expect_err("refused").contains("a: the kernel refused it: its signature"));
    assert_eq!((machine.listed("a").state, machine.loaded()), (State::Refused, vec!["b".to_owned()]));
    machine.run("reconcile").expect("allowed").expect("done");
    assert_eq!(machine.boot("third"), Ok(()));
    assert_eq!(machine.loaded(), ["b"]);
}

#[test]
fn a_transition_without_an_end_is_stuck_and_can_be_reverted() {
    let machine = TestMachine::with(&[("a", "stuck"), ("b", "")]);
    for (name, text) in [("patch_state", "0\n"), ("comm", "sleeper\n"), ("stack", "[<0>] f+0x1/0x2\n")] {
        fs::write(machine.at("proc/1/task/1").join(name), text).expect("written");
    }
    assert!(machine.boot("second").expect_err("not complete").contains("a: the transition of a is not complete"));
    let stuck = machine.listed("a");
    assert_eq!((stuck.state, stuck.holding.len(), &*stuck.holding[0].comm), (State::Stuck, 1, "sleeper"));
    match machine.run("revert b") {
        Err(Failure::Conflict(reason)) => assert!(reason.contains("the transition of a is not complete"), "{reason}"),
        other => panic!("{other:?}"),
    }
    assert_eq!(machine.run("revert a"), Ok(Ok(())));
    assert_eq!(machine.listed("a").state, State::Disabled);
}

#[test]
fn a_patch_that_replaces_all_leaves_none_of_them() {
    let machine = TestMachine::with(&[("a", ""), ("b", ""), ("c", "all")]);
    assert_eq!(machine.boot("second"), Ok(()));
    assert_eq!(machine.loaded(), ["c"]);
    assert_eq!(machine.listed("a").reason.as_deref(), Some("replaced by c"));
    machine.run("reconcile").expect("allowed").expect("done");
    assert_eq!(machine.boot("third"), Ok(()));
    assert_eq!(machine.loaded(), ["c"]);
}

#[test]
fn one_command_at_a_time() {
    let machine = TestMachine::with(&[("a", "")]);
    assert_eq!(machine.boot("second"), Ok(()));
    let turn = machine.hold("run/turn");
    assert_eq!(machine.run("revert a"), Err(Failure::Busy));
    assert_eq!(machine.loaded(), ["a"]);
    drop(turn);
    assert_eq!(machine.run("revert a"), Ok(Ok(())));
}

#[test]
fn a_watcher_is_waited_for_and_not_taken_for_a_command() {
    let machine = TestMachine::with(&[("a", "")]);
    assert_eq!(machine.boot("second"), Ok(()));
    let watcher = machine.hold("run/lock");
    let released = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            thread::sleep(Duration::from_millis(300));
            released.store(true, Ordering::SeqCst);
            drop(watcher);
        });
        assert_eq!(machine.run("revert a"), Ok(Ok(())));
        assert!(released.load(Ordering::SeqCst));
    });
}

#[test]
fn a_watcher_leaves_the_trials_of_later_commands() {
    let machine = TestMachine::with(&[("a", ""), ("b", "")]);
    assert_eq!(machine.boot("second"), Ok(()));
    machine.end_trials(&["a"]);
    assert_eq!(on_trial(&machine.record()), [None, Some("second".to_owned())]);
}
