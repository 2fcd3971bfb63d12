use crate::server::Server;
use serde_json::json;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixListener;
use std::thread::{JoinHandle, spawn};

/// Stands in for the live patch manager: answers each connection with the next of `answers`, and gives what it was asked.
fn manager(server: &Server, answers: &[&'static str]) -> JoinHandle<Vec<String>> {
    let socket = server.dir.path().join("livepatch.sock");
    let _ = fs::remove_file(&socket);
    let listener = UnixListener::bind(socket).expect("bound");
    let answers = answers.to_vec();
    spawn(move || {
        let answer = |text: &str| {
            let (mut stream, _) = listener.accept().expect("accepted");
            let mut line = String::new();
            BufReader::new(&stream).read_line(&mut line).expect("read");
            stream.write_all(text.as_bytes()).expect("written");
            line
        };
        answers.into_iter().map(answer).collect()
    })
}

#[test]
fn each_action_is_the_managers_command() {
    let server = Server::booted();
    let asked = manager(&server, &["dispatched\n"; 3]);
    server.ok("POST", "/actions/refresh-livepatches", "");
    server.ok("POST", "/actions/apply-livepatch?name=a-1", "");
    server.ok("POST", "/actions/revert-livepatch?name=a-1", "");
    assert_eq!(asked.join().expect("no panic"), ["refresh\n", "apply a-1\n", "revert a-1\n"]);
}

#[test]
fn refusals_of_the_manager_have_their_status_and_words() {
    let server = Server::booted();
    let answers = ["busy b\n", "conflict c\n", "missing m\n", "failed f\n", ""];
    let asked = manager(&server, &answers);
    for (status, words) in [
        (423, "b"),
        (409, "c"),
        (404, "m"),
        (500, "Live patch dispatcher failed: f"),
        (500, "Live patch dispatcher failed: the manager ended without an answer; the journal says why"),
    ] {
        assert_eq!(server.refused("POST", "/actions/apply-livepatch?name=a", ""), (status, words.into()));
    }
    asked.join().expect("no panic");
}

#[test]
fn a_name_is_no_second_command() {
    let server = Server::booted();
    for query in ["", "?name=", "?name=a%20b", "?name=a%0Arefresh", "?name=..%2Fx", "?name=A"] {
        assert_eq!(server.refused("POST", &format!("/actions/apply-livepatch{query}"), "").0, 400, "{query}");
    }
}

#[test]
fn the_status_is_what_the_manager_left_with_the_kernels_taint() {
    let server = Server::booted();
    let status = json!({"kernel": {"release": "7"}, "livepatches": []});
    fs::write(server.dir.path().join("livepatches.json"), status.to_string()).expect("written");
    let shown = server.get("/livepatches");
    assert_eq!(shown["kernel"]["release"], "7");
    assert!(shown["kernel"]["version"].as_str().is_some_and(|version| version.starts_with("Linux version")));
    assert!(shown["taint"]["value"].is_u64());
}

#[test]
fn a_manager_that_was_never_asked_in_this_boot_is_asked() {
    let server = Server::booted();
    let asked = manager(&server, &["busy b\n"]);
    assert_eq!(server.refused("GET", "/livepatches", "").0, 423);
    assert_eq!(asked.join().expect("no panic"), ["observe\n"]);
}
