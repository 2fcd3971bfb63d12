//! The program against a scripted host API over a real socket.

use serde_json::{Value, json};
use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Write},
    os::unix::net::UnixListener,
    process::{Command, Output},
    thread,
};
use tempfile::TempDir;

/// A directory with two templates, and the answer to `/` that goes with them.
struct Fixture {
    dir: TempDir,
    model: Value,
}

impl Fixture {
    fn new(settings: &Value) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let place = |name: &str| dir.path().join(name).display().to_string();
        fs::write(place("motd.template"), "{{ settings.motd }}\n").expect("written");
        fs::write(place("ntp.template"), "NTP={{ settings.ntp['time-servers'] | join(' ') }}\n").expect("written");
        let file = |name: &str| json!({"path": place(name), "template-path": place(&format!("{name}.template"))});
        let model = json!({
            "settings": settings,
            "services": {
                "motd": {"configuration-files": ["motd"], "restart-commands": []},
                "ntp": {"configuration-files": ["ntp"], "restart-commands": [format!("touch {}", place("restarted"))]},
            },
            "configuration-files": {"motd": file("motd"), "ntp": file("ntp")},
            "os": {}
        });
        Self { dir, model }
    }

    /// Runs the program against an API that gives these answers in turn; `None` is the model.
    fn run(&self, args: &[&str], answers: Vec<(&'static str, Option<&'static str>)>) -> Output {
        self.run_with(args, "", answers)
    }

    /// As [`Self::run`], with `keys` on standard input.
    fn run_with(&self, args: &[&str], keys: &str, answers: Vec<(&'static str, Option<&'static str>)>) -> Output {
        let socket = self.dir.path().join("api.sock");
        let _ = fs::remove_file(&socket);
        let listener = UnixListener::bind(&socket).expect("bound");
        let model = format!("HTTP/1.1 200 OK\r\n\r\n{}", self.model);
        let api = thread::spawn(move || {
            for (request, answer) in answers {
                let mut stream = BufReader::new(listener.accept().expect("a connection").0);
                let mut line = String::new();
                stream.read_line(&mut line).expect("a request");
                assert_eq!(line, format!("{request} HTTP/1.1\r\n"));
                while line != "\r\n" {
                    line.clear();
                    stream.read_line(&mut line).expect("a header");
                }
                stream.get_mut().write_all(answer.unwrap_or(&model).as_bytes()).expect("answered");
            }
        });
        let mut command = Command::new(env!("CARGO_BIN_EXE_settings-applier"));
        command.args(args).arg("--socket").arg(&socket).arg("--lock").arg(self.dir.path().join("lock"));
        fs::write(self.dir.path().join("keys"), keys).expect("written");
        command.stdin(File::open(self.dir.path().join("keys")).expect("opened"));
        let output = command.output().expect("run");
        api.join().expect("the scripted API");
        output
    }

    fn read(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.dir.path().join(name)).ok()
    }
}

const COMMIT: &str = "POST /tx/commit?tx=bottlerocket-launch";
const NOTHING_PENDING: &str = "HTTP/1.1 422 Unprocessable Entity\r\n\r\nTried to commit with no pending changes";

#[test]
fn a_boot_commits_renders_everything_and_restarts_nothing() {
    let fixture = Fixture::new(&json!({"motd": "hi", "ntp": {"time-servers": ["a", "b"]}}));
    let output = fixture.run(&["--boot"], vec![(COMMIT, Some(NOTHING_PENDING)), ("GET /", None)]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(fixture.read("motd").as_deref(), Some("hi\n"));
    assert_eq!(fixture.read("ntp").as_deref(), Some("NTP=a b\n"));
    assert_eq!(fixture.read("restarted"), None);
}

#[test]
fn a_refused_commit_stops_the_boot_before_anything_is_applied() {
    let fixture = Fixture::new(&json!({"motd": "hi"}));
    let refusal = "HTTP/1.1 500 Internal Server Error\r\n\r\ndisk full";
    let output = fixture.run(&["--boot"], vec![(COMMIT, Some(refusal))]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("were not committed: 500: disk full"), "{output:?}");
    assert_eq!(fixture.read("motd"), None);
}

#[test]
fn only_what_the_keys_affect_is_rendered_and_only_a_changed_file_restarts() {
    let fixture = Fixture::new(&json!({"motd": "hi", "ntp": {"time-servers": ["a"]}}));
    let affected = r#"HTTP/1.1 200 OK

{"settings.ntp.time-servers": ["ntp"]}"#;
    let asked = "GET /metadata/affected-services?keys=settings.ntp.time-servers";
    let run = || {
        let answers = vec![("GET /", None), (asked, Some(affected))];
        fixture.run_with(&["--keys"], "settings.ntp.time-servers\n", answers)
    };
    assert!(run().status.success());
    assert_eq!(fixture.read("ntp").as_deref(), Some("NTP=a\n"));
    assert_eq!(fixture.read("motd"), None);
    assert!(fixture.read("restarted").is_some());

    fs::remove_file(fixture.dir.path().join("restarted")).expect("removed");
    assert!(run().status.success());
    assert_eq!(fixture.read("restarted"), None, "the file had not changed");
}

#[test]
fn one_fault_does_not_keep_the_rest_from_being_applied() {
    let fixture = Fixture::new(&json!({"motd": "hi", "ntp": {"time-servers": ["a"]}}));
    fs::write(fixture.dir.path().join("motd.template"), "{% nonsense %}").expect("written");
    let output = fixture.run(&["--all"], vec![("GET /", None)]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("motd.template: "), "{output:?}");
    assert_eq!(fixture.read("ntp").as_deref(), Some("NTP=a\n"));
}
