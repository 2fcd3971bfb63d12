use crate::server::Server;
use serde_json::json;

#[test]
fn defaults_wait_in_the_launch_transaction_until_it_is_committed() {
    let mut server = Server::start();
    let nothing = (404, "Found no 'settings' in datastore".to_owned());
    assert_eq!(server.refused("GET", "/settings", ""), nothing);
    assert_eq!(server.refused("GET", "/", ""), nothing);
    let offered = server.get("/tx?tx=bottlerocket-launch");
    assert_eq!(offered["motd"], "Welcome to Sparkler!");
    let seed = offered["updates"]["seed"].as_u64().expect("a generated seed");
    assert!(seed < 2048);

    server.ok("PATCH", "/settings?tx=bottlerocket-launch", r#"{"motd": "from user-data"}"#);
    server.power_cycle();
    let changed = server.ok("POST", "/tx/commit?tx=bottlerocket-launch", "");
    let names = [
        "kernel.live-patch",
        "kernel.lockdown",
        "motd",
        "network.hostname",
        "oci-defaults.capabilities.audit-write",
        "oci-defaults.capabilities.chown",
        "oci-defaults.capabilities.dac-override",
        "oci-defaults.capabilities.fowner",
        "oci-defaults.capabilities.fsetid",
        "oci-defaults.capabilities.kill",
        "oci-defaults.capabilities.mknod",
        "oci-defaults.capabilities.net-bind-service",
        "oci-defaults.capabilities.setfcap",
        "oci-defaults.capabilities.setgid",
        "oci-defaults.capabilities.setpcap",
        "oci-defaults.capabilities.setuid",
        "oci-defaults.capabilities.sys-chroot",
        "oci-defaults.resource-limits.max-open-files.hard-limit",
        "oci-defaults.resource-limits.max-open-files.soft-limit",
        "updates.ignore-waves",
        "updates.seed",
        "updates.version-lock",
    ];
    assert_eq!(changed, json!(names.map(|name| format!("settings.{name}"))));
    assert_eq!(server.get("/settings")["motd"], "from user-data");

    server.power_cycle();
    assert_eq!(server.get("/settings")["updates"]["seed"], seed);
    assert_eq!(server.get("/tx/list"), json!([]), "nothing is missing any more");
}

#[test]
fn settings_are_selected_by_keys_and_by_prefix() {
    let server = Server::booted();
    let lockdown = json!({"kernel": {"lockdown": "integrity"}});
    assert_eq!(server.get("/settings?keys=settings.kernel.lockdown,settings.network.hosts"), lockdown);
    assert_eq!(server.get("/settings?prefix=settings.kernel.lockdown"), lockdown);
    let kernel = json!({"kernel": {"live-patch": true, "lockdown": "integrity"}});
    for prefix in ["kernel", "settings.ker"] {
        assert_eq!(server.get(&format!("/settings?prefix={prefix}")), kernel, "{prefix}");
    }
    assert_eq!(server.get("/settings?prefix=nothing"), json!({}));
    assert_eq!(server.get("/settings?keys=settings.nothing"), json!({}));
    assert_eq!(server.get("/settings?prefix=settings"), server.get("/settings"));
    assert_eq!(server.refused("GET", "/settings?keys=", ""), (400, "Input 'keys' cannot be empty".into()));
    assert_eq!(server.refused("GET", "/settings?prefix=", ""), (400, "Input 'prefix' cannot be empty".into()));
    let (status, text) = server.refused("GET", "/settings?keys=a..b", "");
    assert_eq!(status, 400);
    assert!(text.starts_with("Unable to make data key 'a..b'"), "{text}");
}

#[test]
fn a_patch_waits_until_it_is_committed() {
    let server = Server::booted();
    server.ok("PATCH", "/settings", r#"{"motd": "new", "kernel": {"sysctl": {"net.core.somaxconn": "512"}}}"#);
    assert_eq!(server.get("/settings?prefix=motd"), json!({"motd": "Welcome to Sparkler!"}));
    assert_eq!(server.get("/tx")["motd"], "new");
    assert_eq!(server.get("/tx/list"), json!(["default"]));
    let changed = json!(["settings.kernel.sysctl.\"net.core.somaxconn\"", "settings.motd"]);
    assert_eq!(server.ok("POST", "/tx/commit", ""), changed);
    assert_eq!(server.get("/settings")["motd"], "new");
    assert_eq!(server.get("/tx"), json!({}));
}

#[test]
fn what_does_not_fit_is_refused_by_name_and_changes_nothing() {
    let server = Server::booted();
    for (body, words) in [
        ("{", "EOF while parsing"),
        ("[]", "settings: invalid type"),
        (r#"{"motd": 5}"#, "settings.motd: invalid type: an integer, expected a string"),
        (r#"{"motd": null}"#, "settings.motd: null is not a value"),
        (r#"{"motd": "x", "mtd": "x"}"#, "unknown field `mtd`, did you mean `motd`?"),
        (r#"{"network": {"hostname": "-a"}}"#, "settings.network.hostname: this is not a host name"),
    ] {
        let (status, text) = server.refused("PATCH", "/settings", body);
        assert_eq!(status, 400, "{body}");
        assert!(text.starts_with("Unable to deserialize input JSON into model: "), "{text}");
        assert!(text.contains(words), "{body}: {text}");
    }
    assert_eq!(server.get("/tx/list"), json!([]));
}

#[test]
fn what_only_upstream_has_is_stored_and_reported_as_not_applied() {
    let server = Server::booted();
    let reported = |server: &Server| server.get("/report/settings")["not_applied"].clone();
    assert_eq!(reported(&server), json!([]));
    let given = json!({"kubernetes": {"cluster-name": "c", "node-labels": {"example.org/role": "a"}}, "motd": "x"});
    server.ok("PATCH", "/settings", &given.to_string());
    server.ok("POST", "/tx/commit", "");
    assert_eq!(server.get("/settings?prefix=kubernetes"), json!({"kubernetes": given["kubernetes"]}));
    let keys = ["settings.kubernetes.cluster-name", "settings.kubernetes.node-labels.\"example.org/role\""];
    assert_eq!(reported(&server), json!(keys));
    let (status, text) = server.refused("PATCH", "/settings", r#"{"kubernetes": {"cluster-nam": "c"}}"#);
    assert_eq!(status, 400);
    assert!(text.ends_with("unknown field `cluster-nam`, did you mean `cluster-name`?"), "{text}");
}

#[test]
fn key_pairs_are_taken_together_or_not_at_all() {
    let server = Server::booted();
    let pairs = r#"{"request_payload": ["motd=5", "settings.updates.seed=7", "updates.ignore-waves=true"]}"#;
    server.ok("PATCH", "/settings/keypair?tx=pairs", pairs);
    let expected = json!({"motd": "5", "updates": {"seed": 7, "ignore-waves": true}});
    assert_eq!(server.get("/tx?tx=pairs"), expected);
    for bad in ["motd", "updates.seed=many", "a b=1"] {
        let body = json!({"request_payload": ["motd=changed", bad]}).to_string();
        assert_eq!(server.refused("PATCH", "/settings/keypair?tx=pairs", &body).0, 400, "{bad}");
    }
    assert_eq!(server.get("/tx?tx=pairs"), expected);
}

#[test]
fn a_body_has_a_largest_size() {
    let server = Server::booted();
    let fits = json!({"motd": "x".repeat(16384)}).to_string();
    server.ok("PATCH", "/settings", &fits);
    let too_large = " ".repeat((1 << 20) + 1);
    let expected = (413, "The request body is larger than 1048576 bytes".into());
    assert_eq!(server.refused("PATCH", "/settings", &too_large), expected);
    let just_fits = format!("{{}}{}", " ".repeat((1 << 20) - 2));
    server.ok("PATCH", "/settings", &just_fits);
}
