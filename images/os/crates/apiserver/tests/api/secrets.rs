//! What is refused may be a secret, and clients write the reason to journals and consoles.

use crate::server::Server;
use serde_json::{Value, json};

const SECRET: &str = "hunter2hunter2";

fn refused_without_secret(server: &Server, path: &str, body: &Value) {
    let (status, text) = server.refused("PATCH", path, &body.to_string());
    assert_eq!(status, 400, "{text}");
    assert!(!text.contains(SECRET), "{text}");
}

#[test]
fn refusals_never_repeat_a_value() {
    let server = Server::booted();
    for settings in [
        json!(SECRET),
        json!({"motd": [SECRET]}),
        json!({"network": SECRET}),
        json!({"network": {"hostname": format!("{SECRET}!")}}),
        json!({"updates": {"metadata-base-url": format!("ftp://user:{SECRET}@host/")}}),
        json!({"host-containers": {"admin": {"user-data": format!("{SECRET}!")}}}),
        json!({"host-containers": {"admin": {"enabled": SECRET}}}),
    ] {
        refused_without_secret(&server, "/settings", &settings);
    }
    let pair = |pair: String| json!({ "request_payload": [pair] });
    for body in [
        json!({ "request_payload": SECRET }),
        json!([SECRET]),
        pair(SECRET.into()),
        pair(format!("settings={SECRET}")),
        pair(format!("updates.seed={SECRET}")),
        pair(format!("host-containers.admin.user-data={SECRET}!")),
    ] {
        refused_without_secret(&server, "/settings/keypair", &body);
    }
}

#[test]
fn the_kernels_programs_and_protections_are_not_settings() {
    let server = Server::booted();
    for (name, value, reason) in [
        ("kernel.core_pattern", "|/tmp/x", "it cannot be set: it names a program that the kernel runs as root"),
        ("kernel/core_pattern", "|/tmp/x", "it cannot be set: it names a program that the kernel runs as root"),
        ("kernel/modprobe", "/tmp/x", "it cannot be set"),
        ("fs.binfmt_misc.register", ":x:", "it cannot be set"),
        ("kernel.kptr_restrict", "0", "it takes 1 to 2 only"),
    ] {
        let (status, text) =
            server.refused("PATCH", "/settings", &json!({"kernel": {"sysctl": {name: value}}}).to_string());
        assert!(status == 400 && text.contains(&format!("settings.kernel.sysctl: {name}: {reason}")), "{text}");
        let pairs = json!({ "request_payload": [format!("kernel.sysctl.\"{name}\"={value}")] });
        assert_eq!(server.refused("PATCH", "/settings/keypair", &pairs.to_string()).0, 400, "{name}");
    }
    server.ok("PATCH", "/settings", &json!({"kernel": {"sysctl": {"kernel.kptr_restrict": "2"}}}).to_string());
}
