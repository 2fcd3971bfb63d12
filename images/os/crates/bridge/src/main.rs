//! The guest's end of the virtio-serial bridge; the protocol is docs/bridge-protocol.md.

use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::arguments::{Action, PortChoice, USAGE};
use crate::bridge::Bridge;
use crate::port::Port;
use crate::services::Services;

mod arguments;
mod bridge;
mod codec;
mod inbox;
mod outbox;
mod port;
mod port_finder;
mod renewal;
mod services;
mod session;
mod stream;

fn main() -> ExitCode {
    let Some(action) = arguments::parse(std::env::args_os().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(64);
    };
    let done = match action {
        Action::Serve { port, services } => serve(port, &services),
        Action::Probe { name } => find_port(&name).map(drop),
        Action::Exec { name, command } => exec(&name, &command),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(port: PortChoice, services: &Path) -> Result<(), String> {
    let services = Services::load(services)?;
    let path = match port {
        PortChoice::At(path) => path,
        PortChoice::Named(name) => find_port(name)?,
    };
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    let served = tokio::task::LocalSet::new()
        .block_on(&runtime, async { Bridge::new(Port::open(&path)?, services).serve().await });
    served.map_err(|error| format!("{}: {error}", path.display()))
}

/// Becomes `command`. The line feed ends what a predecessor, or the same before a reset, left of a line.
fn exec(name: &str, command: &[OsString]) -> Result<(), String> {
    let path = find_port(name)?;
    let port = OpenOptions::new().write(true).open(&path).and_then(|mut port| port.write_all(b"\n").map(|()| port));
    let port = port.map_err(|error| format!("{}: {error}", path.display()))?;
    let error = Command::new(&command[0]).args(&command[1..]).stdout(port).exec();
    Err(format!("{}: {error}", command[0].display()))
}

fn find_port(name: &str) -> Result<PathBuf, String> {
    port_finder::find(name)
        .map_err(|error| format!("cannot list virtio-serial ports: {error}"))?
        .ok_or_else(|| format!("the host gave no virtio-serial port called {name}"))
}
