//! The real program, with requests and a host API of the test's own.

use flate2::read::GzDecoder;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{Read, Write},
    os::unix::{fs::PermissionsExt, net::UnixListener},
    path::Path,
    process::{Command, Output},
    thread,
};
use tar::Archive;
use tempfile::TempDir;

fn setup(requests: &str) -> TempDir {
    let dir = tempfile::tempdir().expect("a directory");
    fs::create_dir(dir.path().join("requests")).expect("made");
    fs::write(dir.path().join("requests/a.conf"), requests).expect("written");
    dir
}

fn logdog(dir: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_logdog"));
    command.arg("--output").arg(dir.join("support")).arg("--requests").arg(dir.join("requests"));
    command.arg("--socket-path").arg(dir.join("api.sock")).output().expect("run")
}

/// The files of the archive by their names, and its manifest by the names of its files.
fn unpack(dir: &Path) -> (BTreeMap<String, String>, BTreeMap<String, Value>) {
    let archive = File::open(dir.join("support/bottlerocket-logs.tar.gz")).expect("an archive");
    assert_eq!(archive.metadata().expect("looked at").permissions().mode() & 0o777, 0o600);
    let mut files = BTreeMap::new();
    for entry in Archive::new(GzDecoder::new(archive)).entries().expect("entries") {
        let mut entry = entry.expect("an entry");
        let path = entry.path().expect("a path").to_string_lossy().into_owned();
        let mut text = String::new();
        entry.read_to_string(&mut text).expect("text");
        files.insert(path.strip_prefix("bottlerocket-logs/").expect("below one directory").to_owned(), text);
    }
    let manifest: Value = serde_json::from_str(&files["manifest.json"]).expect("JSON");
    let entries = manifest["files"].as_array().expect("a list").clone();
    let named = entries.into_iter().map(|entry| (entry["file"].as_str().expect("a name").to_owned(), entry)).collect();
    (files, named)
}

fn answer_once(dir: &Path, body: &Value) {
    let listener = UnixListener::bind(dir.join("api.sock")).expect("bound");
    let body = body.to_string();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a call");
        let _ = stream.read(&mut [0; 4096]);
        let _ = write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    });
}

#[test]
fn everything_that_can_be_had_is_in_the_archive() {
    let dir = setup(
        "# a comment\n\nexec out.txt sh -c echo${IFS}one;echo${IFS}two>&2\nfile version.txt /proc/version\nsettings settings.json\n\
         disk-space disk.txt\n",
    );
    answer_once(dir.path(), &json!({"settings": {"motd": "hi", "x": {"user-data": "hunter2"}}, "os": {"arch": "a"}}));
    let output = logdog(dir.path());
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    let told = format!("logs are at: {}\n", dir.path().join("support/bottlerocket-logs.tar.gz").display());
    assert_eq!(String::from_utf8_lossy(&output.stdout), told);
    let (files, manifest) = unpack(dir.path());
    assert_eq!(files["out.txt"], "one\ntwo\n");
    assert_eq!(files["version.txt"], fs::read_to_string("/proc/version").expect("read"));
    let settings: Value = serde_json::from_str(&files["settings.json"]).expect("JSON");
    assert_eq!(settings["settings"], json!({"motd": "hi", "x": {"user-data": "REDACTED"}}));
    assert!(files["disk.txt"].contains(" /\n"), "{}", files["disk.txt"]);
    assert_eq!(manifest["out.txt"]["bytes"], 8);
    assert_eq!(manifest.len(), 4);
}

#[test]
fn what_fails_is_in_the_manifest_and_keeps_nothing_else_out() {
    let dir = setup(
        "settings settings.json\nexec none.txt /no/such/program\nexec fails.txt sh -c echo${IFS}some;exit${IFS}3\n\
         file none2.txt /no/such/file\nfile device.txt /dev/zero\ncontainers c.json /no/such/socket\nfile last.txt /proc/uptime\n",
    );
    let output = logdog(dir.path());
    assert!(output.status.success(), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("6 of 7 requests failed"), "{output:?}");
    let (files, manifest) = unpack(dir.path());
    assert_eq!(files["fails.txt"], "some\n");
    assert_eq!(manifest["fails.txt"]["error"], "exit status: 3");
    for name in ["settings.json", "none.txt", "none2.txt", "device.txt", "c.json"] {
        assert!(manifest[name]["error"].is_string() && !files.contains_key(name), "{}", manifest[name]);
    }
    assert!(manifest["last.txt"]["error"].is_null() && files.contains_key("last.txt"));
}

#[test]
fn output_without_end_is_cut_off() {
    let dir = setup("exec long.txt yes\nfile last.txt /proc/uptime\n");
    assert!(logdog(dir.path()).status.success());
    let (files, manifest) = unpack(dir.path());
    assert_eq!(files["long.txt"].len(), 32 << 20);
    assert_eq!((&manifest["long.txt"]["truncated"], &manifest["long.txt"]["error"]), (&json!(true), &Value::Null));
    assert!(files.contains_key("last.txt"));
}

#[test]
fn a_pattern_takes_regular_files_only() {
    let dir = setup("");
    let tree = dir.path().join("tree");
    fs::create_dir_all(tree.join("below")).expect("made");
    fs::write(tree.join("below/a.log"), "a").expect("written");
    std::os::unix::fs::symlink("/proc/version", tree.join("link.log")).expect("linked");
    fs::write(dir.path().join("requests/a.conf"), format!("glob {}/**/*.log\n", tree.display())).expect("written");
    assert!(logdog(dir.path()).status.success());
    let (files, _) = unpack(dir.path());
    let name = format!("{}/below/a.log", tree.display().to_string().trim_start_matches('/'));
    assert_eq!(files.keys().collect::<Vec<_>>(), ["manifest.json", name.as_str()].iter().collect::<Vec<_>>());
}

#[test]
fn an_older_archive_stays_until_a_new_one_is_whole() {
    let dir = setup("file uptime.txt /proc/uptime\n");
    assert!(logdog(dir.path()).status.success());
    let (before, _) = unpack(dir.path());
    fs::write(dir.path().join("requests/b.conf"), "nonsense\n").expect("written");
    let output = logdog(dir.path());
    assert!(!output.status.success());
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("b.conf: line 1: \"nonsense\" is no request"), "{told}");
    assert_eq!(unpack(dir.path()).0, before);
    assert_eq!(fs::read_dir(dir.path().join("support")).expect("listed").count(), 1);
}
