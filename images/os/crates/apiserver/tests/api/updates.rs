use crate::server::{Server, wait_for};
use serde_json::json;
use std::fs::{self, File};

const ACTIONS: [(&str, &str); 4] = [
    ("/actions/refresh-updates", "refresh"),
    ("/actions/prepare-update", "prepare"),
    ("/actions/activate-update", "activate"),
    ("/actions/deactivate-update", "deactivate"),
];

#[test]
fn the_status_is_what_the_updater_left_unless_it_is_at_work() {
    let server = Server::booted();
    let uninitialized = "Update status is uninitialized, refresh-updates to initialize it";
    assert_eq!(server.refused("GET", "/updates/status", ""), (404, uninitialized.into()));
    let lock = File::create(server.dir.path().join("update-lock")).expect("made");
    assert_eq!(server.refused("GET", "/updates/status", ""), (404, uninitialized.into()));
    fs::write(server.dir.path().join("status.json"), r#"{"update_state":"Idle"}"#).expect("written");
    assert_eq!(server.get("/updates/status"), json!({"update_state": "Idle"}));
    lock.lock().expect("held");
    assert_eq!(server.refused("GET", "/updates/status", ""), (423, "Update lock held".into()));
    lock.unlock().expect("free");
    assert_eq!(server.get("/updates/status"), json!({"update_state": "Idle"}));
}

#[test]
fn while_an_update_is_fetched_the_refusal_tells_how_much_was() {
    let server = Server::booted();
    let lock = File::create(server.dir.path().join("update-lock")).expect("made");
    lock.lock().expect("held");
    for (progress, words) in [
        (r#"{"fetched_bytes":12,"total_bytes":345}"#, "Update lock held: 12 of 345 bytes of the update are fetched"),
        ("null", "Update lock held"),
    ] {
        let status = format!(r#"{{"update_state":"Idle","progress":{progress}}}"#);
        fs::write(server.dir.path().join("status.json"), status).expect("written");
        assert_eq!(server.refused("GET", "/updates/status", ""), (423, words.into()));
    }
}

/// The answer comes when the updater says that it may, not when it has done it.
#[test]
fn an_action_is_dispatched_and_outlives_the_server() {
    let mut server = Server::booted();
    let at = |name: &str| server.dir.path().join(name);
    let (go_on, done) = (at("go-on"), at("done"));
    server.updater_does(&format!(
        "echo dispatched; while [ ! -e '{}' ]; do sleep 0.01; done; echo $1 > '{}'",
        go_on.display(),
        done.display()
    ));
    server.ok("POST", "/actions/prepare-update", "");
    server.power_cycle();
    assert!(!done.exists());
    fs::write(go_on, "").expect("written");
    wait_for("the end of the update", || fs::read_to_string(&done).is_ok_and(|command| command == "prepare\n"));
}

#[test]
fn each_action_is_the_command_of_its_name() {
    let server = Server::booted();
    for (path, command) in ACTIONS {
        server.updater_does(&format!("[ \"$*\" = {command} ] && echo dispatched"));
        server.ok("POST", path, "");
    }
}

#[test]
fn a_refresh_recovers_what_is_unusable_only_when_asked_to() {
    let server = Server::booted();
    server.updater_does("[ \"$*\" = 'refresh --recover' ] && echo dispatched");
    server.ok("POST", "/actions/refresh-updates?recover=true", "");
    server.updater_does("[ \"$*\" = refresh ] && echo dispatched");
    server.ok("POST", "/actions/refresh-updates?recover=false", "");
    let refused = server.refused("POST", "/actions/refresh-updates?recover=yes", "");
    assert_eq!(refused, (400, "Input 'recover' is true or false, not 'yes'".into()));
}

#[test]
fn refusals_of_the_updater_have_upstreams_status_and_words() {
    let server = Server::booted();
    for (exit_status, status, words) in [
        (64, 423, "Update lock held"),
        (65, 409, "Update action not allowed according to update state"),
        (66, 404, "Previously chosen Update no longer exists"),
        (67, 404, "No update image applied to staging partition"),
    ] {
        server.updater_does(&format!("exit {exit_status}"));
        for (path, _) in ACTIONS {
            assert_eq!(server.refused("POST", path, ""), (status, words.into()));
        }
    }
    for broken in ["exit 1", "kill -9 $$"] {
        server.updater_does(broken);
        let (status, words) = server.refused("POST", "/actions/refresh-updates", "");
        assert!(status == 500 && words.starts_with("Update dispatcher failed"), "{words}");
    }
}

#[test]
fn a_rollback_is_done_or_refused_with_its_reason() {
    let server = Server::booted();
    server.updater_does("[ $1 = rollback ]");
    server.ok("POST", "/actions/rollback", "");
    server.updater_does("echo 'the inactive slot could not boot' >&2; exit 68");
    let reason = "Unable to roll back: the inactive slot could not boot";
    assert_eq!(server.refused("POST", "/actions/rollback", ""), (409, reason.into()));
    server.updater_does("exit 64");
    assert_eq!(server.refused("POST", "/actions/rollback", "").0, 423);
}
