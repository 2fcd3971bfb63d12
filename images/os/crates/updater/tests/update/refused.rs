use crate::disk::{BOOT_BYTES, ROOT_BYTES};
use crate::image::{Image, compress};
use crate::machine::Machine;
use crate::repository::{Publication, entry, manifest};
use serde_json::{Value, json};
use std::fs;

const CLEARED: &str = "0000000000000000";

#[test]
fn commands_out_of_turn_are_refused_with_upstreams_exit_statuses() {
    let machine = Machine::offered("1.1.0", &Image::of("1.1.0"));
    for command in ["prepare", "activate", "deactivate"] {
        assert_eq!(machine.refuses(command, 65), "updater: Update action not allowed according to update state\n");
    }
    machine.succeeds("refresh");
    machine.refuses("activate", 65);
    machine.succeeds("prepare");
    machine.refuses("deactivate", 65);
    machine.succeeds("activate");
    machine.refuses("prepare", 65);
    machine.refuses("activate", 65);
    machine.reboot();
    machine.refuses("deactivate", 65);
}

#[test]
fn one_command_at_a_time() {
    let machine = Machine::offered("1.1.0", &Image::of("1.1.0"));
    let held = machine.hold_lock();
    for command in ["refresh", "prepare", "rollback"] {
        assert_eq!(machine.refuses(command, 64), "updater: Update lock held\n");
    }
    drop(held);
    machine.succeeds("refresh");
}

#[test]
fn an_update_that_vanished_is_not_prepared() {
    let machine = Machine::offered("1.1.0", &Image::of("1.1.0"));
    machine.succeeds("refresh");
    machine.publish(&Publication { version: 2, ..Publication::of("1.2.0", &Image::of("1.2.0")) });
    let status = machine.fails_without_a_write("prepare", "Previously chosen Update no longer exists");
    assert_eq!(status["most_recent_command"]["exit_status"], 66);
    assert_eq!(status["update_state"], "Available");
}

fn refuses_to_refresh(manifest: Value, words: &str) {
    let machine = Machine::new();
    machine.publish(&Publication { manifest, ..Publication::of("1.1.0", &Image::of("1.1.0")) });
    let status = machine.fails_without_a_write("refresh", words);
    assert_eq!(status["update_state"], "Idle");
}

#[test]
fn a_bad_manifest_is_refused() {
    let mut version = entry("1.1.0");
    version["version"] = json!("one");
    refuses_to_refresh(manifest(&[version]), "manifest.json is not a list of updates");
    refuses_to_refresh(json!([]), "manifest.json is not a list of updates");
}

#[test]
fn a_repository_for_other_machines_is_refused() {
    let mut other = entry("1.1.0");
    other["variant"] = json!("metal-unknown");
    refuses_to_refresh(manifest(&[other]), "no update for \"metal-test\" on");
}

#[test]
fn however_much_a_reason_quotes_the_status_stays_short() {
    let mut endless = entry("1.1.0");
    endless["waves"] = json!({ "€".repeat(100_000): "2026-01-01T00:00:00Z" });
    let machine = Machine::new();
    let manifest = manifest(&[endless]);
    machine.publish(&Publication { manifest, ..Publication::of("1.1.0", &Image::of("1.1.0")) });
    let status = machine.fails_without_a_write("refresh", "manifest.json is not a list of updates");
    assert!(status.to_string().len() < 10_000);
}

#[test]
fn addresses_that_are_none_are_refused() {
    let machine = Machine::new();
    for (text, words) in [
        ("seed = 7", "settings.updates.metadata-base-url is not set"),
        ("seed = 7\nmetadata_base_url = \"nowhere\"", "relative URL without a base"),
        ("seed = 7\nmetadata_base_url = \"https://x\"\ntargets_base_url = \"https://x\"", "only http is"),
        ("", "missing field `seed`"),
    ] {
        fs::write(machine.at("updog.toml"), text).expect("written");
        machine.fails_without_a_write("refresh", words);
    }
    fs::remove_file(machine.at("updog.toml")).expect("removed");
    machine.fails_without_a_write("refresh", "updog.toml: the settings of this boot are not applied yet");
}

fn prepares_in_vain(image: &Image, change: impl FnOnce(&mut Publication)) -> Machine {
    let machine = Machine::new();
    let mut publication = Publication::of("1.1.0", image);
    change(&mut publication);
    machine.publish(&publication);
    machine.succeeds("refresh");
    machine
}

#[test]
fn an_image_that_announces_too_much_is_refused_before_a_write() {
    let machine = prepares_in_vain(&Image::too_large(), |_| ());
    let words = format!("and BOTTLEROCKET-ROOT-B has room for {ROOT_BYTES}; nothing was written");
    assert_eq!(machine.fails_without_a_write("prepare", &words)["update_state"], "Available");
    let image = Image::of("1.1.0");
    let machine = prepares_in_vain(&image, |publication| {
        publication.files[0].1 = compress(&vec![0; BOOT_BYTES + 1], true);
    });
    machine.fails_without_a_write("prepare", "BOTTLEROCKET-BOOT-B has room for");
}

#[test]
fn an_image_that_turns_out_too_large_never_leaves_its_partition() {
    let image = Image::too_large();
    let machine = prepares_in_vain(&image, |publication| publication.files[1].1 = compress(&image.root, false));
    let hash_of_slot_b = machine.disk.partition(10, 4096);
    machine.fails("prepare", "the image is larger than BOTTLEROCKET-ROOT-B");
    assert_eq!(machine.disk.partition(10, 4096), hash_of_slot_b);
    assert_eq!(machine.disk.slots().1, CLEARED);
}

#[test]
fn parts_that_do_not_belong_together_are_not_staged() {
    let (image, other) = (Image::of("1.1.0"), Image::of("other"));
    for (part, contents, words) in [
        (0, &other.boot, "its kernel command line does not ask for the root"),
        (1, &other.root, "what was read back is not what the hash tree was made of"),
        (1, &image.hash, "the hash tree is made for"),
        (2, &image.boot, "no superblock of dm-verity"),
    ] {
        let machine = prepares_in_vain(&image, |publication| publication.files[part].1 = compress(contents, true));
        let running = machine.disk.running();
        let status = machine.fails("prepare", words);
        assert_eq!(status["update_state"], "Available");
        assert_eq!(status["staging_partition"], json!(null));
        assert_eq!(machine.disk.slots(), ("0101000000000000".into(), CLEARED.into()));
        assert!(machine.disk.running() == running);
    }
}

#[test]
fn what_runs_is_not_staged_under_another_version() {
    let image = Image::of("1.1.0");
    let machine = Machine::offered("1.1.0", &image);
    machine.disk.sgdisk(&[format!("-u4:{}", image.guids().0)]);
    machine.succeeds("refresh");
    machine.fails("prepare", "and that is the one that runs");
    assert_eq!(machine.disk.slots().1, CLEARED);
}
