//! `host-ctr`: host containers, bootstrap containers and bootstrap commands (contract, section 7).
#![forbid(unsafe_code)]

mod configuration;
mod container;
mod kind;
mod spec;
mod state;
mod units;

use container::Ending;
use kind::{Host, Kind, Target};
use std::{future::Future, path::Path, process::ExitCode};
use tokio::{runtime, task::LocalSet};

const USAGE: &str = "it takes optionally --root DIRECTORY, and one of: run KIND NAME, remove KIND NAME, apply, bootstrap, \
                     commands; KIND is host-containers or bootstrap-containers";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let dispatched = match *arguments {
        ["--root", root, ref arguments @ ..] => dispatch(&Host::new(Path::new(root)), arguments),
        _ => dispatch(&Host::new(Path::new("/")), &arguments),
    };
    match dispatched {
        Ok(code) => code,
        Err(reason) => {
            eprintln!("{}: {reason}", arguments.join(" "));
            ExitCode::FAILURE
        }
    }
}

fn dispatch(host: &Host, arguments: &[&str]) -> Result<ExitCode, String> {
    match *arguments {
        ["run", kind, name] => {
            let target = target(host, kind, name)?;
            block_on(run(&target))
        }
        ["remove", kind, name] => {
            let target = target(host, kind, name)?;
            block_on(container::remove(&target)).map(|()| ExitCode::SUCCESS)
        }
        ["apply"] => units::apply(host).and_then(|faults| done(&faults)),
        ["bootstrap"] => units::run_all(host).and_then(|failed| all_essential(&failed)),
        ["commands"] => units::run_commands(host).and_then(|failed| all_essential(&failed)),
        _ => Err(USAGE.into()),
    }
}

/// systemd hands on what its unit was called with; it becomes a part of paths.
fn target(host: &Host, kind: &str, name: &str) -> Result<Target, String> {
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    match Kind::parse(kind).filter(|_| is_name) {
        Some(kind) => Ok(Target { kind, name: name.to_owned(), host: host.clone() }),
        None => Err(USAGE.into()),
    }
}

fn block_on<T>(future: impl Future<Output = Result<T, String>>) -> Result<T, String> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    LocalSet::new().block_on(&runtime, future)
}

async fn run(target: &Target) -> Result<ExitCode, String> {
    match container::run(target).await? {
        Ending::Stopped => Ok(ExitCode::SUCCESS),
        Ending::Exited(0) => {
            if target.kind == Kind::Bootstrap {
                units::has_succeeded(target)?;
            }
            eprintln!("it has ended");
            Ok(ExitCode::SUCCESS)
        }
        Ending::Exited(code) => {
            eprintln!("it has ended with exit code {code}");
            Ok(ExitCode::from(u8::try_from(code).unwrap_or(u8::MAX)))
        }
    }
}

fn done(faults: &[String]) -> Result<ExitCode, String> {
    if faults.is_empty() { Ok(ExitCode::SUCCESS) } else { Err(faults.join("; ")) }
}

fn all_essential(failed: &[String]) -> Result<ExitCode, String> {
    match failed {
        [] => Ok(ExitCode::SUCCESS),
        _ => Err(format!("essential, and failed: {}", failed.join(", "))),
    }
}
