use crate::server::{Server, wait_for};
use serde_json::{Map, json};

#[test]
fn a_commit_needs_something_pending() {
    let server = Server::booted();
    let nothing = (422, "Tried to commit with no pending changes".to_owned());
    for path in ["/tx/commit", "/tx/commit?tx=other", "/tx/commit_and_apply"] {
        assert_eq!(server.refused("POST", path, ""), nothing, "{path}");
    }
}

#[test]
fn a_deleted_transaction_is_gone() {
    let server = Server::booted();
    server.ok("PATCH", "/settings?tx=a", r#"{"motd": "a"}"#);
    server.ok("PATCH", "/settings?tx=b", r#"{"motd": "b"}"#);
    assert_eq!(server.ok("DELETE", "/tx?tx=a", ""), json!(["settings.motd"]));
    assert_eq!(server.ok("DELETE", "/tx?tx=a", ""), json!([]));
    assert_eq!(server.get("/tx/list"), json!(["b"]));
    assert_eq!(server.refused("POST", "/tx/commit?tx=a", "").0, 422);
}

#[test]
fn what_was_answered_survives_a_kill() {
    let mut server = Server::booted();
    server.ok("PATCH", "/settings", r#"{"motd": "committed"}"#);
    server.ok("POST", "/tx/commit", "");
    server.ok("PATCH", "/settings?tx=later", r#"{"motd": "pending"}"#);
    server.power_cycle();
    assert_eq!(server.get("/settings?prefix=motd"), json!({"motd": "committed"}));
    assert_eq!(server.get("/tx?tx=later"), json!({"motd": "pending"}));
}

#[test]
fn a_damaged_store_leads_back_to_the_defaults_and_is_reported() {
    let mut server = Server::booted();
    assert_eq!(server.get("/report/settings")["damaged_store"], json!(null));
    let store = server.dir.path().join("datastore/store.json");
    std::fs::write(&store, "{ torn").expect("written");
    server.power_cycle();
    assert_eq!(server.refused("GET", "/settings", "").0, 404);
    assert_eq!(server.get("/tx?tx=bottlerocket-launch")["motd"], "Welcome to Sparkler!");
    assert_eq!(std::fs::read_to_string(store.with_file_name("store.json.corrupt")).expect("kept"), "{ torn");
    for _ in 0..2 {
        let reported = server.get("/report/settings")["damaged_store"].clone();
        assert_eq!(reported["kept_as"], "store.json.corrupt");
        assert!(reported["reason"].as_str().expect("words").contains("line 1 column 3"), "{reported}");
        server.power_cycle();
    }
}

#[test]
fn names_of_transactions_are_checked() {
    let server = Server::booted();
    for bad in ["", "..%2Fx", ".a", "a%20b"] {
        for (method, path) in [("GET", "/tx"), ("DELETE", "/tx"), ("POST", "/tx/commit")] {
            let (status, text) = server.refused(method, &format!("{path}?tx={bad}"), "");
            assert_eq!(status, 400);
            assert!(text.starts_with("Transaction name"), "{text}");
        }
        assert_eq!(server.refused("PATCH", &format!("/settings?tx={bad}"), r#"{"motd": "x"}"#).0, 400);
    }
}

#[test]
fn applying_is_left_to_the_settings_applier() {
    let server = Server::booted();
    server.ok("POST", "/tx/apply", "");
    assert_eq!(server.applied(), ["--all"]);
    server.ok("POST", "/tx/apply?keys=settings.motd,settings.ntp.time-servers", "");
    assert_eq!(server.applied(), ["--keys", "settings.motd", "settings.ntp.time-servers"]);
    server.ok("PATCH", "/settings", r#"{"motd": "x"}"#);
    assert_eq!(server.ok("POST", "/tx/commit_and_apply", ""), json!(["settings.motd"]));
    assert_eq!(server.applied(), ["--keys", "settings.motd"]);
    assert_eq!(server.refused("POST", "/tx/apply?keys=", ""), (400, "Input 'keys' cannot be empty".into()));
}

/// More keys than an argument of a program may hold.
#[test]
fn a_commit_of_many_keys_is_applied() {
    let server = Server::booted();
    let sysctls: Map<_, _> = (0..20_000).map(|n| (format!("net.core.parameter-{n}"), json!("1"))).collect();
    server.ok("PATCH", "/settings", &json!({"kernel": {"sysctl": sysctls}}).to_string());
    let changed = server.ok("POST", "/tx/commit_and_apply", "");
    let changed = changed.as_array().expect("a list").iter().map(|key| key.as_str().expect("a key").to_owned());
    let expected: Vec<_> = std::iter::once("--keys".to_owned()).chain(changed).collect();
    assert_eq!(expected.len(), 20_001);
    assert_eq!(server.applied(), expected);
}

#[test]
fn appliers_have_a_greatest_number_and_nothing_is_committed_beyond_it() {
    let server = Server::booted();
    let hold = server.dir.path().join("appliers-wait");
    std::fs::write(&hold, "").expect("written");
    for _ in 0..8 {
        server.ok("POST", "/tx/apply", "");
    }
    server.ok("PATCH", "/settings", r#"{"motd": "waits"}"#);
    for path in ["/tx/apply", "/tx/commit_and_apply"] {
        let (status, text) = server.refused("POST", path, "");
        assert!(status == 503 && text.contains("8 config appliers are at work, nothing was committed"), "{text}");
    }
    assert_eq!(server.get("/tx"), json!({"motd": "waits"}));
    std::fs::remove_file(hold).expect("removed");
    wait_for("an applier's end", || server.call("POST", "/tx/commit_and_apply", "").status == 200);
}
