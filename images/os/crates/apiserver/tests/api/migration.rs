//! Versions of the OS that follow each other on one store.

use crate::server::{NO_MIGRATIONS, Server};
use serde_json::json;

/// The image's own list.
const MIGRATIONS: &str = include_str!("../../../../defaults/migrations.toml");
const SET: &str = r#"{"kernel": {"sysctl": {"net.ipv4.tcp_tw_recycle": "1", "vm.swappiness": "10"}}}"#;

#[test]
fn settings_follow_an_update_and_the_way_back() {
    let mut server = Server::booted();
    server.update("0.1.0", NO_MIGRATIONS);
    server.ok("PATCH", "/settings", SET);
    server.ok("POST", "/tx/commit", "");
    server.ok("PATCH", "/settings?tx=waiting", SET);
    let sysctls = |server: &Server| server.get("/settings?prefix=kernel.sysctl")["kernel"]["sysctl"].clone();

    server.update("0.2.0", MIGRATIONS);
    assert_eq!(server.get("/os")["version_id"], "0.2.0");
    assert_eq!(sysctls(&server), json!({"vm.swappiness": "10"}));
    assert_eq!(server.get("/tx?tx=waiting"), json!({"kernel": {"sysctl": {"vm.swappiness": "10"}}}));
    server.ok("PATCH", "/settings", r#"{"motd": "changed under 0.2.0"}"#);
    server.ok("POST", "/tx/commit", "");

    server.update("0.1.0", NO_MIGRATIONS);
    assert_eq!(sysctls(&server), json!({"net.ipv4.tcp_tw_recycle": "1", "vm.swappiness": "10"}));
    assert_eq!(server.get("/settings?prefix=motd"), json!({"motd": "changed under 0.2.0"}));
}

#[test]
fn settings_that_a_version_cannot_take_end_its_server_and_stay_as_they_were() {
    let mut server = Server::booted();
    let store = server.dir.path().join("datastore/store.json");
    let before = std::fs::read(&store).expect("read");
    let bad = r#"
        [[migration]]
        version = "2.0.0"
        operations = [{ map = { key = "settings.kernel.lockdown", values = [["integrity", "tight"]] } }]
    "#;
    // EX_CONFIG: the unit is not started again, and a slot on trial is given up.
    assert_eq!(server.fail_to_update("2.0.0", bad), Some(78));
    assert_eq!(std::fs::read(&store).expect("read"), before);
    assert_eq!(server.get("/settings?prefix=kernel.lockdown"), json!({"kernel": {"lockdown": "integrity"}}));
}
