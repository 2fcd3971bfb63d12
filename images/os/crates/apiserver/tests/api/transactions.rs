use crate::server::Server;
use serde_json::json;

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
fn a_corrupt_store_leads_back_to_the_defaults() {
    let mut server = Server::booted();
    let store = server.dir.path().join("datastore/store.json");
    std::fs::write(&store, "{ torn").expect("written");
    server.power_cycle();
    assert_eq!(server.refused("GET", "/settings", "").0, 404);
    assert_eq!(server.get("/tx?tx=bottlerocket-launch")["motd"], "Welcome to Sparkler!");
    assert_eq!(std::fs::read_to_string(store.with_file_name("store.json.corrupt")).expect("kept"), "{ torn");
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
    assert_eq!(server.applied(), ["--keys", "settings.motd,settings.ntp.time-servers"]);
    server.ok("PATCH", "/settings", r#"{"motd": "x"}"#);
    assert_eq!(server.ok("POST", "/tx/commit_and_apply", ""), json!(["settings.motd"]));
    assert_eq!(server.applied(), ["--keys", "settings.motd"]);
    assert_eq!(server.refused("POST", "/tx/apply?keys=", ""), (400, "Input 'keys' cannot be empty".into()));
}
