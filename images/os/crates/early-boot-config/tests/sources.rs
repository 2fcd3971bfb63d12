//! The program on a machine's files, talking to a scripted host API over a real socket.

use flate2::{Compression, write::GzEncoder};
use rustix::fs::{CWD, FileType, Mode, mknodat};
use serde_json::{Value, json};
use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    os::unix::{fs::symlink, net::UnixListener},
    path::Path,
    process::{Command, Output},
    thread,
};
use tempfile::TempDir;

const LOCAL_DEFAULTS: &str = "local/user-data-defaults.toml";
const PRIVATE: &str = "var/lib/bottlerocket/user-data.toml";
const CD_ROM: &str = "media/cdrom/user-data";
const FW_CFG: &str = "sys/firmware/qemu_fw_cfg/by_name/opt/sparkler/user-data/raw";
const LOCAL_OVERRIDES: &str = "local/user-data-overrides.toml";
const MARKER: &str = "var/lib/bottlerocket/early-boot-config.ran";

fn machine(files: &[(&str, &[u8])]) -> TempDir {
    let root = tempfile::tempdir().expect("a directory");
    for (path, content) in files {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("made");
        fs::write(path, content).expect("written");
    }
    root
}

fn run(root: &TempDir) -> Output {
    // timeout(1), so that a program that waits for ever fails its test.
    let mut command = Command::new("timeout");
    command.args(["20", env!("CARGO_BIN_EXE_early-boot-config")]);
    command.arg("--root").arg(root.path()).arg("--socket").arg(root.path().join("api.sock"));
    command.output().expect("run")
}

fn has_run(root: &TempDir) -> bool {
    root.path().join(MARKER).exists()
}

/// Runs the program against a host API that gives one answer. Returns the body that it got.
fn run_with_api(root: &TempDir, answer: &'static str) -> (Output, Value) {
    let listener = UnixListener::bind(root.path().join("api.sock")).expect("bound");
    let api = thread::spawn(move || {
        let mut stream = BufReader::new(listener.accept().expect("a connection").0);
        let (mut line, mut length) = (String::new(), 0);
        stream.read_line(&mut line).expect("a request");
        assert_eq!(line, "PATCH /settings?tx=bottlerocket-launch HTTP/1.1\r\n");
        while line != "\r\n" {
            line.clear();
            stream.read_line(&mut line).expect("a header");
            length =
                line.strip_prefix("content-length: ").map_or(length, |value| value.trim().parse().expect("a length"));
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).expect("the body");
        stream.get_mut().write_all(answer.as_bytes()).expect("answered");
        serde_json::from_slice(&body).expect("JSON")
    });
    let output = run(root);
    (output, api.join().expect("the scripted API"))
}

const NO_CONTENT: &str = "HTTP/1.1 204 No Content\r\n\r\n";

fn gzip(content: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content.as_bytes()).expect("written");
    encoder.finish().expect("finished")
}

#[test]
fn sources_are_merged_and_the_later_one_wins() {
    let fw_cfg = gzip("[settings]\nmotd = '40'\nnetwork.hostname = 'h40'\n");
    let root = machine(&[
        (LOCAL_DEFAULTS, b"[settings]\nmotd = '10'\nupdates.seed = 10\n"),
        (PRIVATE, b"settings.motd = '20'\nsettings.ntp.time-servers = ['t20']\n"),
        (CD_ROM, b"[settings]\nmotd = '30'\n[settings.ntp]\ntime-servers = ['t30']\n"),
        (FW_CFG, &fw_cfg),
        (LOCAL_OVERRIDES, b"[settings]\nmotd = '99'\n"),
    ]);
    let (output, body) = run_with_api(&root, NO_CONTENT);
    assert!(output.status.success(), "{output:?}");
    let expected = json!({"motd": "99", "updates": {"seed": 10}, "ntp": {"time-servers": ["t30"]},
                          "network": {"hostname": "h40"}});
    assert_eq!(body, expected);
    assert!(has_run(&root));
}

#[test]
fn without_user_data_there_is_nothing_to_ask() {
    for root in [machine(&[]), machine(&[(PRIVATE, b""), (CD_ROM, b" \n")])] {
        let output = run(&root);
        assert!(output.status.success(), "{output:?}");
        assert!(has_run(&root));
    }
}

#[test]
fn one_fault_stops_everything_and_is_told_in_one_line() {
    let truncated = gzip("[settings]\nmotd = 'x'\n");
    let truncated = &truncated[..truncated.len() - 3];
    let huge = vec![b'#'; (1 << 20) + 1];
    let bomb = gzip(&"#".repeat((1 << 20) + 1));
    let cases: [(&str, &[u8], &str); 8] = [
        (PRIVATE, b"[settings]\nmotd = \n", "20-local-user-data: %: line 2, column 8: "),
        (
            CD_ROM,
            b"[settings]\nmtd = 'x'\n",
            "30-cd-rom: %: line 2, column 1: settings.mtd: unknown field `mtd`, did you mean `motd`?",
        ),
        (FW_CFG, b"[settings]\nmotd = 5\n", "40-fw-cfg: %: line 2, column 8: settings.motd: invalid type: an integer"),
        (FW_CFG, b"# only a comment\n", "it has no [settings] table"),
        (FW_CFG, truncated, "40-fw-cfg: %: its gzip data is truncated"),
        (FW_CFG, b"\x00\x9f\xfe noise", "40-fw-cfg: %: it is neither gzip nor UTF-8 text: byte 1 is not UTF-8"),
        (LOCAL_OVERRIDES, &huge, "99-local-overrides: %: it is larger than 1048576 bytes"),
        (LOCAL_DEFAULTS, &bomb, "10-local-defaults: %: it holds more than 1048576 bytes once decompressed"),
    ];
    for (path, content, words) in cases {
        // A good source beside the bad one: without a host API its settings would be missed at once.
        let beside = if path == PRIVATE { LOCAL_DEFAULTS } else { PRIVATE };
        let root = machine(&[(path, content), (beside, b"[settings]\nmotd = 'good'\n")]);
        let output = run(&root);
        let words = words.replace('%', &root.path().join(path).display().to_string());
        let stderr = String::from_utf8_lossy(&output.stderr);
        let faults: Vec<_> = stderr.lines().filter(|line| !line.contains(": taking ")).collect();
        assert_eq!(output.status.code(), Some(1), "{stderr}");
        assert_eq!(faults.len(), 1, "{stderr}");
        assert!(faults[0].starts_with("early-boot-config: ") && faults[0].contains(&words), "{words}: {stderr}");
        assert!(!has_run(&root));
    }
}

/// What a disc with Rock Ridge can have in the place of a file. Some of it would never be opened, or never end.
#[test]
fn only_regular_files_are_user_data() {
    let makers: [fn(&Path); 5] = [
        |path| mknodat(CWD, path, FileType::Fifo, Mode::RUSR, 0).expect("a FIFO"),
        |path| fs::create_dir(path).expect("a directory"),
        |path| drop(UnixListener::bind(path).expect("a socket")),
        |path| symlink("/dev/zero", path).expect("a link"),
        |path| symlink("/proc/self/status", path).expect("a link"),
    ];
    for make in makers {
        let root = machine(&[(PRIVATE, b"[settings]\nmotd = 'good'\n")]);
        fs::create_dir_all(root.path().join(CD_ROM).parent().expect("a parent")).expect("made");
        make(&root.path().join(CD_ROM));
        let output = run(&root);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{stderr}");
        assert!(stderr.contains("user-data: it is not a regular file"), "{stderr}");
    }
}

#[test]
fn what_is_refused_is_not_repeated() {
    let secret = "hunter2hunter2";
    for content in [
        format!("[settings]\nmotd = '{secret}\n"),
        format!("[settings]\nmotd = ['{secret}']\n"),
        format!("[settings.host-containers.admin]\nuser-data = '{secret}!'\n"),
        format!("[settings.updates]\nmetadata-base-url = 'ftp://user:{secret}@host/'\n"),
    ] {
        let output = run(&machine(&[(CD_ROM, content.as_bytes())]));
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{stderr}");
        assert!(!stderr.contains(secret), "{stderr}");
    }
}

#[test]
fn what_upstream_ignores_is_ignored_and_named() {
    let text = "[settings]\r\nmotd = '''\r\na\r\nb'''\r\n[owner]\r\nname = 'x'\r\n";
    let root = machine(&[(CD_ROM, &[gzip(text), vec![0; 3]].concat())]);
    let (output, body) = run_with_api(&root, NO_CONTENT);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    assert_eq!(body, json!({"motd": "a\nb"}));
    assert!(stderr.contains("30-cd-rom: ignoring 3 bytes after its gzip data\n"), "{stderr}");
    assert!(stderr.contains("30-cd-rom: ignoring what is beside [settings]: owner\n"), "{stderr}");
}

#[test]
fn settings_that_only_upstream_has_reach_the_host_api() {
    let user_data = b"[settings.kubernetes]\ncluster-name = 'c'\napi-server = 'https://k.example'\n";
    let root = machine(&[(PRIVATE, user_data)]);
    let (output, body) = run_with_api(&root, NO_CONTENT);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(body, json!({"kubernetes": {"cluster-name": "c", "api-server": "https://k.example"}}));
}

#[test]
fn a_disc_with_two_candidates_is_refused() {
    let root = machine(&[(CD_ROM, b""), ("media/cdrom/user-data.toml", b"")]);
    let output = run(&root);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr.contains("user-data and ") && stderr.contains("leave one of them"), "{stderr}");
}

#[test]
fn what_the_api_refuses_is_tried_again_at_the_next_boot() {
    let root = machine(&[(FW_CFG, b"[settings]\nmotd = 'x'\n")]);
    let refusal = "HTTP/1.1 400 Bad Request\r\ncontent-length: 7\r\n\r\nno, not";
    let (output, _) = run_with_api(&root, refusal);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr.ends_with("the host API refused the user-data: 400: no, not\n"), "{stderr}");
    assert!(!has_run(&root));
}
