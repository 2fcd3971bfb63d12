use crate::disk::{BOOT_BYTES, ROOT_BYTES};
use crate::image::{Image, compress};
use crate::machine::Machine;
use crate::repository::{Publication, entry, manifest};
use crate::server::Fault;
use serde_json::{Value, json};
use std::fs;

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
fn a_name_that_a_url_would_change_is_refused_by_name() {
    for name in ["a#b.lz4", "a?b.lz4", "a%41.lz4", "a\\b.lz4", "a:b.lz4"] {
        let mut update = entry("1.1.0");
        update["images"]["boot"] = json!(name);
        refuses_to_refresh(manifest(&[update]), &format!("not {name:?}"));
    }
}

#[test]
fn a_refresh_that_fails_makes_an_available_update_unavailable() {
    let machine = Machine::offered("1.1.0", &Image::of("1.1.0"));
    let available = machine.succeeds("refresh");
    machine.server.fail("timestamp.json", Fault::Status(404), 1);
    let status = machine.fails_without_a_write("refresh", "404");
    assert_eq!(status["update_state"], "Idle");
    assert_eq!(status["available_updates"], available["available_updates"]);
    machine.refuses("prepare", 65);
    machine.succeeds("refresh");
    machine.succeeds("prepare");
    machine.server.fail("timestamp.json", Fault::Status(404), 1);
    assert_eq!(machine.fails_without_a_write("refresh", "404")["update_state"], "Staged");
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
        ("seed = 7\nmetadata_base_url = \"ftp://x\"\ntargets_base_url = \"http://x\"", "only http and https are"),
        ("", "missing field `seed`"),
    ] {
        fs::write(machine.at("updog.toml"), text).expect("written");
        machine.fails_without_a_write("refresh", words);
    }
    fs::remove_file(machine.at("updog.toml")).expect("removed");
    machine.fails_without_a_write("refresh", "updog.toml: the settings of this boot are not applied yet");
}

fn offering(image: &Image, change: impl FnOnce(&mut Publication)) -> Machine {
    let machine = Machine::new();
    let mut publication = Publication::of("1.1.0", image);
    change(&mut publication);
    machine.publish(&publication);
    machine.succeeds("refresh");
    machine
}

/// A slot to go back to, in which nothing changes.
fn refuses_to_prepare(machine: &Machine, words: &str) {
    machine.disk.sgdisk(&["-A8:set:56".into()]);
    let status = machine.fails_without_a_write("prepare", words);
    assert_eq!((&status["update_state"], &status["staging_partition"]), (&json!("Available"), &json!(null)));
    assert!(machine.run("rollback").status.success());
    assert_eq!(machine.disk.slots(), ("0101000000000000".into(), "0102000000000000".into()));
}

#[test]
fn a_flipped_bit_in_any_image_costs_no_fallback() {
    for part in ["boot", "root", "hash"] {
        let machine = Machine::offered("1.1.0", &Image::of("1.1.0"));
        machine.succeeds("refresh");
        let path = machine.published("targets", &format!("1.1.0-{part}.lz4"));
        let genuine = fs::read(&path).expect("read");
        let mut bytes = genuine.clone();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        fs::write(&path, &bytes).expect("written");
        refuses_to_prepare(&machine, "Hash mismatch");
        fs::write(&path, genuine).expect("written");
        assert_eq!(machine.succeeds("prepare")["update_state"], "Staged");
    }
}

#[test]
fn an_update_that_data_has_no_room_for_is_not_fetched() {
    let claimed = 1 << 60;
    let machine = offering(&Image::of("1.1.0"), |publication| {
        publication.claimed_bytes = Some(("1.1.0-root.lz4".into(), claimed));
    });
    let before = machine.server.requests().len();
    refuses_to_prepare(&machine, "bytes here until it is on its slot, and ");
    let told = machine.status()["most_recent_command"]["stderr"].to_string();
    assert!(told.contains(machine.at("downloads").to_str().expect("text")), "{told}");
    let needed: u64 =
        told.split_once("takes ").and_then(|(_, rest)| rest.split(' ').next()?.parse().ok()).expect("a size");
    assert!(needed > claimed);
    assert!(machine.server.requests()[before..].iter().all(|(path, _)| !path.contains(".lz4")));
}

#[test]
fn an_image_that_is_too_large_is_refused_before_a_write() {
    let image = Image::too_large();
    for announce in [true, false] {
        let machine = offering(&image, |publication| publication.files[1].1 = compress(&image.root, announce));
        let words = format!(
            "1.1.0-root.lz4 for BOTTLEROCKET-ROOT-B: it holds more than the {ROOT_BYTES} bytes that there is room for; nothing \
             was written"
        );
        refuses_to_prepare(&machine, &words);
    }
    let image = Image::of("1.1.0");
    let boot = [&image.boot[..], &vec![0; BOOT_BYTES]].concat();
    let machine = offering(&image, |publication| publication.files[0].1 = compress(&boot, true));
    refuses_to_prepare(&machine, "for BOTTLEROCKET-BOOT-B: it holds more than");
}

#[test]
fn parts_that_do_not_belong_together_are_not_written() {
    let (image, other) = (Image::of("1.1.0"), Image::of("other"));
    for (part, contents, words) in [
        (0, &other.boot, "its kernel command line does not ask for the root"),
        (1, &other.root, "the data is not what the hash tree was made of"),
        (1, &image.root[..4096].to_vec(), "4096 bytes, and the hash tree is made for"),
        (1, &[&image.root[..], &[0; 4096]].concat(), "bytes, and the hash tree is made for"),
        (1, &vec![], "0 bytes, and the hash tree is made for"),
        (2, &image.boot, "no superblock of dm-verity"),
    ] {
        let machine = offering(&image, |publication| publication.files[part].1 = compress(contents, true));
        refuses_to_prepare(&machine, words);
    }
}

#[test]
fn what_runs_is_not_staged_under_another_version() {
    let image = Image::of("1.1.0");
    let machine = Machine::offered("1.1.0", &image);
    machine.disk.sgdisk(&[format!("-u4:{}", image.guids().0)]);
    machine.succeeds("refresh");
    refuses_to_prepare(&machine, "and that is the one that runs");
}
