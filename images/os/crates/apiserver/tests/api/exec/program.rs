//! A command, as containerd's shim runs it.

use super::messages::ExecRequest;
use rustix::{
    process::{Pid, Signal, kill_process},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{Winsize, tcsetwinsize},
};
use serde_json::Value;
use std::{
    fs::{File, OpenOptions},
    io,
    os::{fd::OwnedFd, unix::ffi::OsStrExt, unix::process::ExitStatusExt},
    process::{Child, Command},
    thread,
};

pub struct Program {
    request: ExecRequest,
    child: Option<Child>,
    terminal: Option<OwnedFd>,
    /// The shim keeps the input open until it is told that it ends.
    stdin: Option<File>,
}

impl Program {
    pub fn new(request: ExecRequest) -> Self {
        Self { request, child: None, terminal: None, stdin: None }
    }

    pub fn start(&mut self) -> io::Result<()> {
        let spec: Value = serde_json::from_slice(&self.request.spec.clone().expect("a process").value).expect("JSON");
        let args: Vec<_> = spec["args"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
        let writable = |path: &str| OpenOptions::new().write(true).open(path);
        self.stdin = Some(writable(&self.request.stdin)?);
        let output = writable(&self.request.stdout)?;
        let input = File::open(&self.request.stdin)?;
        assert_eq!(spec["terminal"], self.request.terminal);
        if self.request.terminal {
            return self.start_in_terminal(&args, &spec["consoleSize"], input, output);
        }
        let stderr = writable(&self.request.stderr)?;
        let spawned = Command::new(args[0]).args(&args[1..]).stdin(input).stdout(output).stderr(stderr).spawn();
        self.child = Some(spawned?);
        Ok(())
    }

    fn start_in_terminal(&mut self, args: &[&str], size: &Value, mut input: File, mut output: File) -> io::Result<()> {
        assert_eq!(self.request.stderr, "");
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&ours)?;
        unlockpt(&ours)?;
        let name = ptsname(&ours, Vec::new())?;
        let theirs = OpenOptions::new().read(true).write(true).open(std::ffi::OsStr::from_bytes(name.as_bytes()))?;
        let number = |name: &str| u32::try_from(size[name].as_u64().unwrap_or_default()).expect("a size");
        let mut command = Command::new("setsid");
        command.args(["--ctty", "--wait"]).args(args);
        command.stdin(theirs.try_clone()?).stdout(theirs.try_clone()?).stderr(theirs);
        self.terminal = Some(ours.try_clone()?);
        self.resize(number("width"), number("height"));
        self.child = Some(command.spawn()?);
        let (mut from, mut into) = (File::from(ours.try_clone()?), File::from(ours));
        thread::spawn(move || io::copy(&mut from, &mut output));
        thread::spawn(move || io::copy(&mut input, &mut into));
        Ok(())
    }

    pub fn exit_code(&mut self) -> Option<u32> {
        let status = self.child.as_mut()?.try_wait().expect("reaped")?;
        let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal));
        Some(u32::try_from(code.expect("one of them")).expect("positive"))
    }

    pub fn kill(&self, signal: u32) {
        let signal = Signal::from_named_raw(i32::try_from(signal).expect("a signal")).expect("a signal");
        let _ = self.child.as_ref().map(|child| kill_process(Pid::from_child(child), signal));
    }

    pub fn resize(&self, width: u32, height: u32) {
        let small = |size: u32| u16::try_from(size).expect("a size");
        let size = Winsize { ws_row: small(height), ws_col: small(width), ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(self.terminal.as_ref().expect("a terminal"), size).expect("set");
    }

    pub fn close_stdin(&mut self) {
        self.stdin = None;
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
