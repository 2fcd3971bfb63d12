use crate::server::Server;
use std::process::Output;

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn get_shows_prefixes_together() {
    let server = Server::answering(&[(200, r#"{"settings":{"motd":"a"}}"#), (200, r#"{"os":{"arch":"b"}}"#)]);
    let output = server.apiclient(&["get", "settings.motd", "os"]);
    assert!(output.status.success(), "{output:?}");
    let shown = "{\n  \"os\": {\n    \"arch\": \"b\"\n  },\n  \"settings\": {\n    \"motd\": \"a\"\n  }\n}\n";
    assert_eq!(out(&output), shown);
    assert_eq!(server.requests(), ["GET /?prefix=settings.motd", "GET /?prefix=os"]);
}

#[test]
fn get_of_a_path_shows_its_answer() {
    let server = Server::answering(&[(200, "[1]"), (404, "Found no 'x' in datastore")]);
    assert_eq!(out(&server.apiclient(&["get", "/tx/list"])), "[\n  1\n]\n");
    let output = server.apiclient(&["get", "/x"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        err(&output).starts_with("apiclient: GET /x on ") && err(&output).contains("404: Found no 'x'"),
        "{output:?}"
    );
}

#[test]
fn set_commits_a_transaction_of_its_own() {
    let server = Server::answering(&[(204, ""), (200, "[]"), (204, ""), (200, "[]")]);
    assert!(server.apiclient(&["set", "motd=hi there", "updates.seed=5"]).status.success());
    assert!(server.apiclient(&["set", "-j", r#"{"motd": "42"}"#]).status.success());
    assert_eq!(
        server.requests(),
        [
            r#"PATCH /settings/keypair?tx=set {"request_payload":["motd=hi there","updates.seed=5"]}"#,
            "POST /tx/commit_and_apply?tx=set",
            r#"PATCH /settings?tx=set {"motd":"42"}"#,
            "POST /tx/commit_and_apply?tx=set",
        ]
    );
}

#[test]
fn a_refused_setting_leaves_no_transaction() {
    let server = Server::answering(&[(400, "settings.motd: no"), (200, "[]")]);
    let output = server.apiclient(&["set", "motd=x"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).contains("was refused, nothing is changed: 400: settings.motd: no"), "{output:?}");
    assert_eq!(server.requests()[1], "DELETE /tx?tx=set");
}

#[test]
fn apply_takes_what_is_below_settings() {
    let server = Server::answering(&[(204, ""), (200, "[]")]);
    assert!(server.apply("a.toml", "[settings]\nmotd = \"x\"\n").status.success());
    assert_eq!(server.requests(), [r#"PATCH /settings?tx=apply {"motd":"x"}"#, "POST /tx/commit_and_apply?tx=apply"]);
    let output = server.apply("b.toml", "motd = \"x\"\n");
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).contains("b.toml: it has no [settings] table"), "{output:?}");
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn update_goes_from_the_check_to_the_reboot() {
    let status = |state: &str, command: &str| {
        format!(
            r#"{{"update_state":"{state}","most_recent_command":{{"cmd_type":"{command}","cmd_status":"Success"}}}}"#
        )
    };
    let (available, staged, ready) =
        (status("Available", "refresh"), status("Staged", "prepare"), status("Ready", "activate"));
    let answers = [
        (204, ""),
        (423, "Update lock held"),
        (200, &available),
        (204, ""),
        (200, &staged),
        (204, ""),
        (200, &ready),
        (204, ""),
    ];
    let server = Server::answering(&answers);
    let output = server.apiclient(&["update", "apply", "-c", "-r"]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(
        server.requests(),
        [
            "POST /actions/refresh-updates",
            "GET /updates/status",
            "GET /updates/status",
            "POST /actions/prepare-update",
            "GET /updates/status",
            "POST /actions/activate-update",
            "GET /updates/status",
            "POST /actions/reboot",
        ]
    );
}

#[test]
fn a_failed_update_is_told_by_the_updaters_words() {
    let failed = r#"{"update_state":"Idle","most_recent_command":{"cmd_type":"refresh","cmd_status":"Failed","stderr":"no route"}}"#;
    let server = Server::answering(&[(204, ""), (200, failed)]);
    let output = server.apiclient(&["update", "check"]);
    assert_eq!((output.status.code(), err(&output)), (Some(1), "apiclient: refresh failed: no route\n".into()));
}

#[test]
fn apply_without_an_update_does_nothing() {
    let idle = r#"{"update_state":"Idle","most_recent_command":{"cmd_type":"refresh","cmd_status":"Success"}}"#;
    let server = Server::answering(&[(204, ""), (200, idle), (200, idle)]);
    let output = server.apiclient(&["update", "apply", "--check", "--reboot"]);
    assert!(output.status.success() && err(&output) == "There is no update.\n", "{output:?}");
    let output = server.apiclient(&["update", "apply"]);
    assert!(output.status.code() == Some(1) && err(&output).contains("look for one with --check"), "{output:?}");
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn reports_are_named_as_upstream_names_them() {
    let server = Server::answering(&[(200, "[]"), (200, "a text"), (404, "There is no \"/report/fips\" here")]);
    assert_eq!(out(&server.apiclient(&["report"])), "[]\n");
    assert_eq!(out(&server.apiclient(&["report", "cis-k8s", "-l", "2", "-f", "json"])), "a text");
    assert_eq!(server.apiclient(&["report", "fips"]).status.code(), Some(1));
    assert_eq!(server.requests()[1], "GET /report/cis?level=2&format=json&type=kubernetes");
}

#[test]
fn raw_is_what_is_meant_without_a_sub_command() {
    let server = Server::answering(&[(200, "{}"), (204, ""), (422, "no pending changes")]);
    let output = server.apiclient(&["-v", "-u", "/tx?tx=a"]);
    assert_eq!((out(&output), err(&output)), ("{}\n".into(), "200\n".into()));
    assert_eq!(out(&server.apiclient(&["raw", "-m", "PATCH", "-u", "/settings", "-d", "{}"])), "");
    let output = server.apiclient(&["raw", "-X", "POST", "-u", "/tx/commit"]);
    assert_eq!(
        (output.status.code(), err(&output)),
        (Some(1), "apiclient: POST /tx/commit: 422: no pending changes\n".into())
    );
    assert_eq!(server.requests(), ["GET /tx?tx=a", "PATCH /settings {}", "POST /tx/commit"]);
}

#[test]
fn a_live_patch_is_applied_or_its_refusal_is_shown() {
    let status = |outcome: &str, reason: &str| {
        format!(
            r#"{{"most_recent_command":{{"cmd_type":"apply","name":"a-1","cmd_status":"{outcome}","stderr":"{reason}"}}}}"#
        )
    };
    let (works, done, failed) = (status("Unknown", ""), status("Success", ""), status("Failed", "not signed"));
    let server =
        Server::answering(&[(204, ""), (200, &works), (200, &done), (204, ""), (200, &failed), (423, "lock held")]);
    assert!(server.apiclient(&["livepatch", "apply", "a-1"]).status.success());
    assert!(err(&server.apiclient(&["livepatch", "apply", "a-1"])).contains("apply failed: not signed"));
    assert!(err(&server.apiclient(&["livepatch", "revert", "a-1"])).contains("revert was refused: 423: lock held"));
    assert_eq!(server.requests()[0], "POST /actions/apply-livepatch?name=a-1");
    assert_eq!(server.apiclient(&["livepatch", "apply", "a/../b"]).status.code(), Some(2));
}
