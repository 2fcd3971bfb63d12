//! The program itself, with a scripted containerd and a scripted host API on real sockets below a root of its own.

#[path = "../../containerd-client/testing/peer.rs"]
mod peer;
mod support;

use peer::{NOT_FOUND, Reply};
use serde_json::json;
use std::{
    fs,
    sync::Arc,
    sync::atomic::{AtomicBool, Ordering},
};
use support::{IMAGE, Machine, absent, happy};

#[test]
fn a_container_runs_to_its_end_and_leaves_nothing() {
    let machine = Machine::new(&json!({"source": IMAGE, "enabled": true, "user-data": "aGk="}));
    let stdout = machine.path("run/host-containers/admin.stdout");
    let calls = machine.containerd(move |name, message| {
        if name == "Tasks/Start" {
            fs::write(&stdout, "one\ntwo\n").expect("written");
        }
        happy(name, message)
    });
    let ended = machine.host_ctr(&["run", "host-containers", "admin"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(3), "one\ntwo\n"), "{}", ended.stderr);
    assert!(ended.stderr.ends_with("it has ended with exit code 3\n"), "{}", ended.stderr);
    let names: Vec<_> = calls.lock().expect("no panic").iter().map(|call| call.name.clone()).collect();
    let removal = ["Tasks/Get", "Containers/Delete", "Snapshots/Remove"];
    let image = ["ImageService/PullImage", "Content/Read", "Content/Info"];
    let start = ["Snapshots/Prepare", "Containers/Create", "Tasks/Create", "Tasks/Start"];
    assert_eq!(names, [&removal[..], &image, &start, &["Tasks/Wait", "Tasks/Delete"], &removal].concat());
    assert_eq!(fs::read(machine.path("local/host-containers/admin/user-data")).expect("there"), b"hi");
    let state = machine.state();
    assert_eq!(
        (&state["phase"], &state["exit_code"], &state["image"]),
        (&json!("ended"), &json!(3), &json!("sha256:1"))
    );
}

#[test]
fn an_image_for_another_machine_is_refused_and_removed() {
    let machine = Machine::new(&json!({"source": IMAGE, "enabled": true}));
    let calls = machine.containerd(|name, message| match name {
        "Content/Read" => support::content(r#"{"os": "linux", "architecture": "riscv64"}"#),
        _ => happy(name, message),
    });
    let ended = machine.host_ctr(&["run", "host-containers", "admin"]);
    let reason = "image 10.0.2.100:5000/admin:1: it is for linux/riscv64, and this machine is linux/";
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains(reason), "{}", ended.stderr);
    assert!(machine.state()["last_error"].as_str().expect("a reason").starts_with(reason));
    let calls = calls.lock().expect("no panic");
    let removed = calls.iter().find(|call| call.name == "ImageService/RemoveImage").expect("removed");
    assert_eq!(removed.message, b"\x0a\x0a\x0a\x08sha256:1");
    assert!(!calls.iter().any(|call| call.name == "Snapshots/Prepare"));
}

#[test]
fn an_image_that_the_registry_lacks_is_asked_for_once() {
    let machine = Machine::new(&json!({"source": IMAGE, "enabled": true}));
    let calls = machine.containerd(|name, message| match name {
        "ImageService/PullImage" => Reply::Refusal(NOT_FOUND, "manifest unknown"),
        _ => happy(name, message),
    });
    let ended = machine.host_ctr(&["run", "host-containers", "admin"]);
    assert!(
        ended.stderr.contains(&format!("image {IMAGE}: ImageService/PullImage: manifest unknown")),
        "{}",
        ended.stderr
    );
    let pulls = calls.lock().expect("no panic").iter().filter(|call| call.name == "ImageService/PullImage").count();
    assert_eq!((ended.code, pulls), (Some(1), 1));
}

#[test]
fn sigterm_ends_the_container_first() {
    let machine = Machine::new(&json!({"source": IMAGE, "enabled": true}));
    let killed = Arc::new(AtomicBool::new(false));
    let calls = machine.containerd(move |name, message| match name {
        "Tasks/Kill" => {
            killed.store(true, Ordering::SeqCst);
            Reply::message(b"")
        }
        "Tasks/Wait" if !killed.load(Ordering::SeqCst) => Reply::Never,
        _ => happy(name, message),
    });
    let child = machine.begin(&["run", "host-containers", "admin"]);
    machine.wait_for_phase("running");
    let ended = support::terminate(child);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let calls = calls.lock().expect("no panic");
    let kills: Vec<_> = calls.iter().filter(|call| call.name == "Tasks/Kill").map(|call| &call.message[..]).collect();
    assert_eq!(kills, [b"\x0a\x05admin\x18\x0f"]);
    assert_eq!(calls.last().expect("some").name, "Snapshots/Remove");
}

#[test]
fn what_a_killed_start_has_left_is_removed_with_an_image_that_is_not_wanted() {
    let machine = Machine::new(&json!({"source": IMAGE, "enabled": true}));
    machine.write_state(&json!({
        "configuration": {"source": IMAGE}, "phase": "running", "image": "sha256:1", "exit_code": null,
        "last_error": null, "starts": 1
    }));
    let calls = machine.containerd(|name, message| match name {
        // A process that runs.
        "Tasks/Get" => Reply::message(b"\x0a\x02\x20\x02"),
        _ => happy(name, message),
    });
    assert_eq!(machine.host_ctr(&["remove", "host-containers", "admin"]).code, Some(0));
    let names = || calls.lock().expect("no panic").drain(..).map(|call| call.name).collect::<Vec<_>>();
    let removal = ["Tasks/Get", "Tasks/Kill", "Tasks/Wait", "Tasks/Delete", "Containers/Delete", "Snapshots/Remove"];
    assert_eq!(names(), removal);
    assert_eq!(machine.state()["phase"], "failed");
    fs::write(machine.path("etc/host-containers/host-containers.json"), "").expect("written");
    assert_eq!(machine.host_ctr(&["remove", "host-containers", "admin"]).code, Some(0));
    assert_eq!(names(), [&removal[..], &["ImageService/RemoveImage"]].concat());
    assert!(!machine.path("run/host-containers/admin.json").exists());
}

#[test]
fn a_container_that_is_not_to_run_is_named() {
    let machine = Machine::new(&json!({"source": IMAGE, "enabled": true}));
    let ended = machine.host_ctr(&["run", "host-containers", "other"]);
    assert!(ended.stderr.contains("settings.host-containers.other is not to run"), "{}", ended.stderr);
    assert!(machine.host_ctr(&["run", "host-containers", "../x"]).stderr.contains("it takes optionally"));
    absent(&machine.path("run/host-containers/other.json"));
}
