//! A machine that updates: a disk, settings, a server with a repository, all in a directory of its own.

use crate::disk::Disk;
use crate::image::Image;
use crate::repository::{self, FIRST, Publication};
use crate::server::Server;
use aws_lc_rs::digest::{SHA256, digest};
use rustls::ServerConfig;
use serde_json::Value;
use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;
use tempfile::TempDir;

pub struct Machine {
    directory: TempDir,
    pub disk: Disk,
    pub server: Server,
    scheme: &'static str,
}

impl Machine {
    /// Runs version 1.0.0 and trusts key 1; its repository is empty.
    pub fn new() -> Self {
        Self::reached_by(None)
    }

    /// One whose repository is behind HTTPS.
    pub fn reached_by(tls: Option<Arc<ServerConfig>>) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let at = |name| directory.path().join(name);
        fs::write(at("os-release"), "VERSION_ID=1.0.0\nVARIANT_ID=metal-test\n").expect("written");
        fs::write(at("root.json"), repository::signed_root(1, FIRST)).expect("written");
        fs::create_dir(at("repository")).expect("made");
        let scheme = if tls.is_some() { "https" } else { "http" };
        let server = Server::start(at("repository"), tls);
        let disk = Disk::fresh(directory.path());
        let machine = Self { directory, disk, server, scheme };
        machine.configure("");
        machine
    }

    /// One whose repository has this version, honestly.
    pub fn offered(version: &str, image: &Image) -> Self {
        let machine = Self::new();
        machine.publish(&Publication::of(version, image));
        machine
    }

    pub fn at(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub fn configure(&self, more: &str) {
        self.configure_at(&self.base(), more);
    }

    /// Another address, `/path/metadata`, for the same repository.
    pub fn move_below(&self, path: &str) {
        let link = self.at("repository").join(path);
        symlink(".", link).expect("made");
        self.configure_at(&format!("{}/{path}", self.base()), "");
    }

    fn base(&self) -> String {
        format!("{}://{}", self.scheme, self.server.address)
    }

    /// As if the repository were at another address.
    pub fn configure_at(&self, base: &str, more: &str) {
        let text = format!(
            "metadata_base_url = \"{base}/metadata\"\ntargets_base_url = \"{base}/targets/\"\nseed = 7\n{more}\n"
        );
        fs::write(self.at("updog.toml"), text).expect("written");
    }

    /// Trusts the issuers in `bundle`, in the form of PEM, with HTTPS servers.
    pub fn trust(&self, bundle: &str) {
        fs::write(self.at("certificates.pem"), bundle).expect("written");
    }

    /// Changes what the machine remembers: a line with the digest of what follows, then JSON.
    pub fn edit_seen(&self, change: impl FnOnce(&mut Value)) {
        let text = fs::read_to_string(self.at("seen")).expect("read");
        let mut seen = serde_json::from_str(text.split_once('\n').expect("two lines").1).expect("JSON");
        change(&mut seen);
        let json = seen.to_string();
        let hex: String = digest(&SHA256, json.as_bytes()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        fs::write(self.at("seen"), format!("{hex}\n{json}")).expect("written");
    }

    pub fn publish(&self, publication: &Publication) {
        repository::publish(&self.at("repository"), publication);
    }

    pub fn run(&self, command: &str) -> Output {
        self.run_on("A", &[command])
    }

    /// Refreshes where something has to be begun anew.
    pub fn recovers(&self) {
        let output = self.run_on("A", &["refresh", "--recover"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    pub fn run_on(&self, active: &str, command: &[&str]) -> Output {
        self.updater(active, command).output().expect("the updater runs")
    }

    pub fn updater(&self, active: &str, command: &[&str]) -> Command {
        let mut updater = Command::new(env!("CARGO_BIN_EXE_updater"));
        updater.args(command).args(["--active", active, "--disk"]).arg(&self.disk.path);
        for (flag, name) in [
            ("--config", "updog.toml"),
            ("--root", "root.json"),
            ("--seen", "seen"),
            ("--seen-lock", "run/seen-lock"),
            ("--certificates", "certificates.pem"),
            ("--downloads", "downloads"),
            ("--scratch", "run/metadata"),
            ("--time-servers", "time-servers"),
            ("--synchronized", "synchronized"),
            ("--status", "run/status.json"),
            ("--lock", "run/lock"),
            ("--os-release", "os-release"),
        ] {
            updater.arg(flag).arg(self.at(name));
        }
        updater
    }

    /// Runs a command that succeeds, and returns the status after it.
    pub fn succeeds(&self, command: &str) -> Value {
        let output = self.run(command);
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.stdout, b"dispatched\n");
        let status = self.status();
        assert_eq!(status["most_recent_command"]["cmd_type"], command);
        assert_eq!(status["most_recent_command"]["cmd_status"], "Success");
        assert_eq!(status["most_recent_command"]["exit_status"], 0);
        status
    }

    /// Runs a command that is started and fails with `words`, and returns the status after it.
    pub fn fails(&self, command: &str, words: &str) -> Value {
        let output = self.run(command);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && output.stdout == b"dispatched\n", "{command}: {stderr}");
        let status = self.status();
        let told = status["most_recent_command"]["stderr"].as_str().expect("a reason");
        assert!(told.contains(words), "expected {words:?} in {told:?}");
        assert_eq!(status["most_recent_command"]["cmd_status"], "Failed");
        status
    }

    /// Runs a command that fails with `words` and leaves the disk as it was.
    pub fn fails_without_a_write(&self, command: &str, words: &str) -> Value {
        let before = self.disk.bytes();
        let status = self.fails(command, words);
        assert!(self.disk.bytes() == before, "{command} wrote to the disk");
        status
    }

    /// Runs a command that is not even started.
    pub fn refuses(&self, command: &str, exit_status: i32) -> String {
        let before = self.disk.bytes();
        let output = self.run(command);
        assert_eq!(output.status.code(), Some(exit_status));
        assert!(output.stdout.is_empty() && self.disk.bytes() == before);
        String::from_utf8(output.stderr).expect("text")
    }

    pub fn status(&self) -> Value {
        serde_json::from_slice(&fs::read(self.at("run/status.json")).expect("a status")).expect("JSON")
    }

    /// What a reboot forgets.
    pub fn reboot(&self) {
        fs::remove_dir_all(self.at("run")).expect("removed");
    }

    pub fn hold_lock(&self) -> File {
        fs::create_dir_all(self.at("run")).expect("made");
        let file = File::create(self.at("run/lock")).expect("made");
        file.lock().expect("held");
        file
    }

    /// A file of the repository whose name ends with `suffix`.
    pub fn published(&self, folder: &str, suffix: &str) -> PathBuf {
        let entries = fs::read_dir(self.at("repository").join(folder)).expect("listed");
        let mut paths = entries.map(|entry| entry.expect("an entry").path());
        let has_suffix = |path: &Path| path.to_str().is_some_and(|path| path.ends_with(suffix));
        paths.find(|path| has_suffix(path)).unwrap_or_else(|| panic!("no {suffix} in {folder}"))
    }
}
