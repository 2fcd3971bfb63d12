//! A real server on a real socket, in a directory of its own.

use api_client::{Client, http::Response};
use rustix::process::Pid;
use serde_json::Value;
use std::{
    fs,
    os::unix::net::UnixStream,
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};
use tempfile::TempDir;

const DEADLINE: Duration = Duration::from_secs(20);
/// Stands in for the settings applier and leaves what it was asked to do, unless a file `appliers-wait` keeps it waiting.
const APPLIER: &str = "#!/bin/sh
cd \"${0%/*}\"
while [ -e appliers-wait ]; do sleep 0.01; done
{ printf '%s\\n' \"$@\"; [ \"$1\" != --keys ] || cat; } > applied.$$
mv applied.$$ applied
";

/// Stands in for the updater: what it does is in the file `updater-does`.
const UPDATER: &str = "#!/bin/sh\n. \"${0%/*}/updater-does\"\n";

pub const NO_MIGRATIONS: &str = "migration = []";

pub struct Server {
    pub dir: TempDir,
    child: Child,
}

impl Server {
    pub fn start() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        for (name, script) in [("applier", APPLIER), ("updater", UPDATER)] {
            let path = dir.path().join(name);
            fs::write(&path, script).expect("written");
            fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("set");
        }
        install(&dir, "1.0.0", NO_MIGRATIONS);
        let child = spawn(&dir);
        let server = Self { dir, child };
        server.wait_until_up();
        server
    }

    /// A server whose launch transaction is committed, as after a boot.
    pub fn booted() -> Self {
        let server = Self::start();
        server.ok("POST", "/tx/commit?tx=bottlerocket-launch", "");
        server
    }

    /// Kills the server without warning and starts another on the same store.
    pub fn power_cycle(&mut self) {
        self.stop();
        self.child = spawn(&self.dir);
        self.wait_until_up();
    }

    /// As after an update: another version of the OS starts on the same store.
    pub fn update(&mut self, version: &str, migrations: &str) {
        install(&self.dir, version, migrations);
        self.power_cycle();
    }

    /// As [`Self::update`] when the new version's server gives up; then the old one is started again.
    pub fn fail_to_update(&mut self, version: &str, migrations: &str) -> Option<i32> {
        let installed =
            ["os-release", "migrations.toml"].map(|name| fs::read(self.dir.path().join(name)).expect("read"));
        install(&self.dir, version, migrations);
        self.stop();
        self.child = spawn(&self.dir);
        wait_for("the new server's end", || self.child.try_wait().expect("reaped").is_some());
        let code = self.child.wait().expect("reaped").code();
        for (name, content) in ["os-release", "migrations.toml"].into_iter().zip(installed) {
            fs::write(self.dir.path().join(name), content).expect("written");
        }
        self.child = spawn(&self.dir);
        self.wait_until_up();
        code
    }

    fn stop(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("reaped");
        fs::remove_file(self.socket()).expect("removed");
    }

    /// Asks the server to end, as systemd does.
    pub fn terminate(&self) {
        let pid = Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("told");
    }

    pub fn has_ended(&mut self) {
        let status = self.child.wait().expect("reaped");
        assert!(status.success(), "{status}");
    }

    pub fn socket(&self) -> PathBuf {
        self.dir.path().join("api.sock")
    }

    /// Where the containerd of the host containers would listen.
    pub fn containerd(&self) -> PathBuf {
        self.dir.path().join("containerd.sock")
    }

    pub fn exec_pipes(&self) -> PathBuf {
        self.dir.path().join("exec")
    }

    pub fn call(&self, method: &str, target: &str, body: &str) -> Response {
        Client::new(&self.socket()).call(method, target, body.as_bytes()).expect("answered")
    }

    /// The JSON of a call that succeeds; null for 204.
    pub fn ok(&self, method: &str, target: &str, body: &str) -> Value {
        let response = self.call(method, target, body);
        let response = response.success().unwrap_or_else(|refusal| panic!("{method} {target}: {refusal}"));
        if response.status == 204 {
            assert!(response.body.is_empty());
            return Value::Null;
        }
        assert_eq!(response.content_type, "application/json");
        serde_json::from_slice(&response.body).expect("JSON")
    }

    pub fn get(&self, target: &str) -> Value {
        self.ok("GET", target, "")
    }

    /// The status and the text of a call that is refused.
    pub fn refused(&self, method: &str, target: &str, body: &str) -> (u16, String) {
        let response = self.call(method, target, body);
        assert!(response.status >= 400, "{method} {target}: {}", response.text());
        assert_eq!(response.content_type, "text/plain; charset=utf-8");
        (response.status, response.text())
    }

    /// The arguments that the settings applier got, and then the lines of its standard input.
    pub fn applied(&self) -> Vec<String> {
        let path = self.dir.path().join("applied");
        wait_for("the settings applier", || path.exists());
        let args = fs::read_to_string(&path).expect("read").lines().map(str::to_owned).collect();
        fs::remove_file(path).expect("removed");
        args
    }

    /// How many descriptors the server has.
    pub fn descriptors(&self) -> usize {
        fs::read_dir(format!("/proc/{}/fd", self.child.id())).expect("listed").count()
    }

    /// The most memory that the server had so far, in bytes.
    pub fn peak_memory(&self) -> usize {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("read");
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
        peak.expect("a peak").trim().parse::<usize>().expect("a number") << 10
    }

    /// What the updater does from now on, in words of a shell whose `$1` is the command.
    pub fn updater_does(&self, words: &str) {
        fs::write(self.dir.path().join("updater-does"), words).expect("written");
    }

    fn wait_until_up(&self) {
        wait_for("the server's socket", || UnixStream::connect(self.socket()).is_ok());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

fn install(dir: &TempDir, version: &str, migrations: &str) {
    fs::write(dir.path().join("os-release"), format!("VERSION_ID={version}\n")).expect("written");
    fs::write(dir.path().join("migrations.toml"), migrations).expect("written");
}

fn spawn(dir: &TempDir) -> Child {
    let defaults = concat!(env!("CARGO_MANIFEST_DIR"), "/../../defaults/defaults.toml");
    Command::new(env!("CARGO_BIN_EXE_apiserver"))
        .args(["--defaults", defaults, "--socket"])
        .arg(dir.path().join("api.sock"))
        .arg("--datastore")
        .arg(dir.path().join("datastore"))
        .arg("--migrations")
        .arg(dir.path().join("migrations.toml"))
        .arg("--os-release")
        .arg(dir.path().join("os-release"))
        .arg("--settings-applier")
        .arg(dir.path().join("applier"))
        .arg("--updater")
        .arg(dir.path().join("updater"))
        .arg("--update-status")
        .arg(dir.path().join("status.json"))
        .arg("--update-lock")
        .arg(dir.path().join("update-lock"))
        .arg("--livepatch-socket")
        .arg(dir.path().join("livepatch.sock"))
        .arg("--livepatch-status")
        .arg(dir.path().join("livepatches.json"))
        .arg("--host-containerd")
        .arg(dir.path().join("containerd.sock"))
        .arg("--exec-pipes")
        .arg(dir.path().join("exec"))
        .stdin(Stdio::null())
        .spawn()
        .expect("started")
}

pub fn wait_for(what: &str, mut done: impl FnMut() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < DEADLINE, "{what} did not come within {} s", DEADLINE.as_secs());
        sleep(Duration::from_millis(2));
    }
}
