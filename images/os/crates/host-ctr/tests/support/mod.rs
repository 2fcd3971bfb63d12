use crate::peer::{Calls, NOT_FOUND, Reply, serve};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use std::{
    fs,
    io::{Read, Write},
    os::unix::net::UnixListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

pub const IMAGE: &str = "10.0.2.100:5000/admin:1";
const DEADLINE: Duration = Duration::from_secs(60);

/// A root in which one host container is set, and a host API that has no credentials.
pub struct Machine(tempfile::TempDir);

pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Machine {
    pub fn new(settings: &Value) -> Self {
        let machine = Self(tempfile::tempdir().expect("a directory"));
        for directory in ["etc/host-containers", "run/host-containerd", "run/host-containers", "local"] {
            fs::create_dir_all(machine.path(directory)).expect("a directory");
        }
        let line = json!({"name": "admin", "settings": settings}).to_string();
        fs::write(machine.path("etc/host-containers/host-containers.json"), line).expect("written");
        let api = UnixListener::bind(machine.path("run/api.sock")).expect("a socket");
        thread::spawn(move || {
            for mut stream in api.incoming().flatten() {
                let mut head = [0; 4096];
                let _ = stream.read(&mut head);
                let _ = stream.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n");
            }
        });
        machine
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    pub fn containerd(&self, script: impl Fn(&str, &[u8]) -> Reply + Send + Sync + 'static) -> Calls {
        serve(&self.path("run/host-containerd/containerd.sock"), script)
    }

    pub fn begin(&self, arguments: &[&str]) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_host-ctr"));
        command.arg("--root").arg(self.0.path()).args(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("started")
    }

    pub fn host_ctr(&self, arguments: &[&str]) -> Ended {
        ended(self.begin(arguments))
    }

    pub fn state(&self) -> Value {
        let read = fs::read(self.path("run/host-containers/admin.json")).expect("there");
        serde_json::from_slice(&read).expect("JSON")
    }

    pub fn write_state(&self, state: &Value) {
        fs::write(self.path("run/host-containers/admin.json"), state.to_string()).expect("written");
    }

    pub fn wait_for_phase(&self, phase: &str) {
        let start = Instant::now();
        let file = self.path("run/host-containers/admin.json");
        while !fs::read(&file)
            .is_ok_and(|read| String::from_utf8_lossy(&read).contains(&format!("\"phase\":\"{phase}\"")))
        {
            assert!(start.elapsed() < DEADLINE, "timed out waiting for the phase {phase}");
            thread::sleep(Duration::from_millis(20));
        }
    }
}

fn ended(child: Child) -> Ended {
    let output = child.wait_with_output().expect("ended");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Ended { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

pub fn terminate(child: Child) -> Ended {
    kill_process(Pid::from_child(&child), Signal::TERM).expect("killed");
    ended(child)
}

pub fn absent(path: &Path) {
    assert!(!path.exists(), "{}", path.display());
}

/// The configuration of an image, as one part of the content store's answer.
pub fn content(json: &str) -> Reply {
    let length = u8::try_from(json.len()).expect("short");
    assert!(length < 128, "a length of one byte");
    Reply::message(&[&[0x12, length], json.as_bytes()].concat())
}

/// An image for this machine, no leftovers, and a container that ends with exit code 3.
pub fn happy(name: &str, _: &[u8]) -> Reply {
    let architecture = if cfg!(target_arch = "aarch64") { "arm64" } else { "amd64" };
    match name {
        "ImageService/PullImage" => Reply::message(b"\x0a\x08sha256:1"),
        "Content/Read" => content(&format!(
            r#"{{"os": "linux", "architecture": "{architecture}", "config": {{"Entrypoint": ["/init"]}}}}"#
        )),
        "Content/Info" => {
            Reply::message(b"\x0a\x32\x2a\x30\x0a\x27containerd.io/gc.ref.snapshot.overlayfs\x12\x05chain")
        }
        "Tasks/Get" => Reply::Refusal(NOT_FOUND, "no task"),
        "Containers/Delete" | "Snapshots/Remove" => Reply::Refusal(NOT_FOUND, "not there"),
        "Tasks/Wait" => Reply::message(b"\x08\x03"),
        _ => Reply::message(b""),
    }
}
