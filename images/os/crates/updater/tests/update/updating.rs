use crate::image::{Image, compress};
use crate::machine::Machine;
use crate::repository::{Publication, entry, manifest};
use serde_json::json;

const EMPTY: &str = "0000000000000000";
const GOOD: &str = "0101000000000000";
const VALID: &str = "0010000000000000";

/// The contract's trace (section 2.1), and what the status says at each step.
#[test]
fn an_update_goes_from_available_to_staged_to_ready_and_back() {
    let image = Image::of("1.1.0");
    let machine = Machine::offered("1.1.0", &image);
    let running = machine.disk.running();

    let status = machine.succeeds("refresh");
    let offered = json!({"arch": std::env::consts::ARCH, "version": "1.1.0", "variant": "metal-test"});
    assert_eq!((&status["update_state"], &status["chosen_update"]), (&json!("Available"), &offered));
    assert_eq!(status["available_updates"], json!(["1.1.0"]));
    assert_eq!(status["active_partition"]["image"]["version"], "1.0.0");
    assert_eq!(status["active_partition"]["next_to_boot"], true);
    assert_eq!(status["staging_partition"], json!(null));

    let status = machine.succeeds("prepare");
    assert_eq!(status["update_state"], "Staged");
    assert_eq!(status["staging_partition"], json!({"image": offered, "next_to_boot": false}));
    assert_eq!(machine.disk.slots(), (GOOD.into(), VALID.into()));
    assert!(machine.disk.partition(8, image.boot.len()) == image.boot);
    assert!(machine.disk.partition(9, image.root.len()) == image.root);
    assert!(machine.disk.partition(10, image.hash.len()) == image.hash);
    assert_eq!((machine.disk.unique_guid(9), machine.disk.unique_guid(10)), image.guids());

    let status = machine.succeeds("activate");
    assert_eq!(status["update_state"], "Ready");
    assert_eq!(status["staging_partition"]["next_to_boot"], true);
    assert_eq!(status["active_partition"]["next_to_boot"], false);
    assert_eq!(machine.disk.slots(), (GOOD.into(), "0012000000000000".into()));

    let status = machine.succeeds("deactivate");
    assert_eq!(status["update_state"], "Staged");
    assert_eq!(machine.disk.slots(), ("0102000000000000".into(), VALID.into()));
    assert!(machine.disk.running() == running, "the running slot was written to");
}

#[test]
fn a_machine_on_slot_b_updates_slot_a() {
    let image = Image::of("1.1.0");
    let machine = Machine::offered("1.1.0", &image);
    machine.disk.sgdisk(&["-A8:set:49".into(), "-A8:set:56".into()]);
    for command in ["refresh", "prepare", "activate"] {
        let output = machine.run_on("B", &[command]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(machine.disk.slots(), ("0012000000000000".into(), GOOD.into()));
    assert_eq!((machine.disk.unique_guid(4), machine.disk.unique_guid(5)), image.guids());
}

#[test]
fn nothing_to_update_is_idle() {
    let machine = Machine::offered("1.0.0", &Image::of("1.0.0"));
    let status = machine.succeeds("refresh");
    assert_eq!((&status["update_state"], &status["chosen_update"]), (&json!("Idle"), &json!(null)));
    assert_eq!(status["available_updates"], json!(["1.0.0"]));
}

#[test]
fn a_repository_for_other_machines_has_nothing() {
    let machine = Machine::new();
    let mut other = entry("1.1.0");
    other["variant"] = json!("metal-unknown");
    machine.publish(&Publication { manifest: manifest(&[other]), ..Publication::of("1.1.0", &Image::of("1.1.0")) });
    let status = machine.succeeds("refresh");
    assert_eq!((&status["update_state"], &status["available_updates"]), (&json!("Idle"), &json!([])));
}

/// The characters that stand for themselves in a URL.
#[test]
fn an_image_is_fetched_by_every_name_that_is_allowed() {
    let machine = Machine::new();
    let mut publication = Publication::of("1.1.0", &Image::of("1.1.0"));
    let mut update = entry("1.1.0");
    let name = "Root-1.1.0+a_~!$&'()*,;=@.lz4";
    publication.files[1].0 = name.into();
    update["images"]["root"] = json!(name);
    machine.publish(&Publication { manifest: manifest(&[update]), ..publication });
    machine.succeeds("refresh");
    assert_eq!(machine.succeeds("prepare")["update_state"], "Staged");
    assert!(machine.server.requests().iter().any(|(path, _)| path.contains(&format!(".{name}?"))));
}

#[test]
fn a_lock_leads_down_and_updates_for_others_are_passed_over() {
    let machine = Machine::new();
    let mut publication = Publication::of("0.9.0", &Image::of("0.9.0"));
    let mut other = entry("3.0.0");
    other["variant"] = json!("metal-unknown");
    let mut older = entry("0.9.0");
    older["max_version"] = json!("1.0.0");
    publication.manifest = manifest(&[older, other]);
    machine.publish(&publication);
    assert_eq!(machine.succeeds("refresh")["update_state"], "Idle");
    machine.configure("version_lock = \"v0.9.0\"");
    let status = machine.succeeds("refresh");
    assert_eq!(status["chosen_update"]["version"], "0.9.0");
    assert_eq!(machine.succeeds("prepare")["update_state"], "Staged");
}

#[test]
fn what_is_staged_stays_when_the_repository_changes() {
    let machine = Machine::offered("1.1.0", &Image::of("1.1.0"));
    machine.succeeds("refresh");
    machine.succeeds("prepare");
    let newer = Publication { version: 2, ..Publication::of("1.2.0", &Image::of("1.2.0")) };
    machine.publish(&newer);
    let status = machine.succeeds("refresh");
    assert_eq!((&status["update_state"], &status["chosen_update"]["version"]), (&json!("Staged"), &json!("1.2.0")));
    assert_eq!(status["staging_partition"]["image"]["version"], "1.1.0");
    let status = machine.succeeds("prepare");
    assert_eq!(status["staging_partition"]["image"]["version"], "1.2.0");
}

/// Frames need not tell how large their contents are.
#[test]
fn an_image_without_an_announced_size_is_taken() {
    let image = Image::of("1.1.0");
    let machine = Machine::new();
    let mut publication = Publication::of("1.1.0", &image);
    publication.files[1].1 = compress(&image.root, false);
    machine.publish(&publication);
    machine.succeeds("refresh");
    assert_eq!(machine.succeeds("prepare")["update_state"], "Staged");
}

#[test]
fn requests_tell_the_servers_who_asks() {
    let machine = Machine::offered("1.1.0", &Image::of("1.1.0"));
    machine.succeeds("refresh");
    assert!(machine.server.requests().iter().all(|(path, _)| path.ends_with("?seed=7&version=1.0.0")));
    let before = machine.server.requests().len();
    machine.succeeds("prepare");
    let asked = &machine.server.requests()[before..];
    assert!(asked.iter().all(|(path, _)| path.ends_with("?seed=7&target=1.1.0&version=1.0.0")));
}

#[test]
fn a_rollback_goes_to_a_slot_that_came_up_and_to_no_other() {
    let machine = Machine::new();
    let reason = machine.refuses("rollback", 68);
    assert_eq!(reason, "the inactive slot could not boot: it never succeeded and has no try left\n");
    machine.disk.sgdisk(&["-A8:set:56".into()]);
    assert!(machine.run("rollback").status.success());
    assert_eq!(machine.disk.slots(), (GOOD.into(), "0102000000000000".into()));
    assert!(!machine.at("run/status.json").exists(), "a rollback makes up no status");
}

#[test]
fn a_slot_that_never_came_up_is_told() {
    let machine = Machine::offered("1.1.0", &Image::of("1.1.0"));
    assert_eq!(machine.succeeds("refresh")["rolled_back_from"], json!(null));
    machine.disk.sgdisk(&["-A8:set:49".into()]);
    assert_eq!(machine.succeeds("refresh")["rolled_back_from"], "B");
    machine.succeeds("prepare");
    assert_eq!(machine.status()["rolled_back_from"], json!(null));
    assert_ne!(machine.disk.slots().1, EMPTY);
}
