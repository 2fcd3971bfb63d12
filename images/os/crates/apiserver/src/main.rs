//! The host API: HTTP/1.1 on a unix socket, paths and answers as upstream Bottlerocket has them.

mod answer;
mod app;
mod applier;
mod args;
mod connection;
mod error;
mod exec;
mod handlers;
mod launch;
mod listener;
mod query;
mod release;
mod report;
mod router;
mod systemctl;
mod tool;

use app::{App, Livepatches, Updates};
use applier::Applier;
use args::Args;
use datastore::{OpenError, Opened, Store};
use exec::{Exec, HostContainers};
use models::Defaults;
use std::{error::Error, fmt::Display, fs, io, path::Path, process::ExitCode, rc::Rc};

/// EX_CONFIG of sysexits.h. The unit doesn't try again: the settings won't fit this version the next time either.
const SETTINGS_DO_NOT_FIT: u8 = 78;

/// Beside defaults.toml, in images of variants that have any.
const VARIANT_DEFAULTS: &str = "variant-defaults.toml";

fn main() -> ExitCode {
    match Args::parse(std::env::args().skip(1)).map_err(Into::into).and_then(run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("apiserver: {error}");
            match error.downcast_ref() {
                Some(OpenError::Migration(_)) => SETTINGS_DO_NOT_FIT.into(),
                _ => ExitCode::FAILURE,
            }
        }
    }
}

fn run(args: Args) -> Result<(), Box<dyn Error>> {
    let defaults = read_defaults(&args.defaults)?;
    let os = release::os_facts(&args.os_release)?;
    let running = release::running(&os, &args.migrations)?;
    let (mut store, opened) = Store::open(&args.datastore, &running)?;
    match opened {
        Opened::Fresh | Opened::Existing => {}
        Opened::Migrated { from, unknown } => {
            eprintln!("The settings of version {from} now have the form of {}.", running.version);
            if unknown > 0 {
                eprintln!(
                    "Of what changed with it, {unknown} are unknown here; what they left is kept for the way forward."
                );
            }
        }
        Opened::SetAside { reason, kept_as } => {
            let kept = args.datastore.join(kept_as);
            eprintln!(
                "The settings store was damaged ({reason}). It is kept as {}; starting from defaults.",
                kept.display()
            );
        }
    }
    launch::offer_defaults(&mut store, &defaults)?;

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let updates = Updates { program: args.updater, status: args.update_status, lock: args.update_lock };
    let livepatches = Livepatches { socket: args.livepatch_socket, status: args.livepatch_status };
    let exec = Exec::new(HostContainers { containerd: args.host_containerd, fifos: args.exec_pipes });
    let applier = Applier::new(args.settings_applier);
    let app = Rc::new(App::new(store, os, defaults, applier, updates, livepatches, exec));
    tokio::task::LocalSet::new().block_on(&runtime, async {
        let listener = listener::listen(&args.socket)?;
        app.exec.sweep();
        listener::notify_ready()?;
        connection::serve(listener, app).await
    })?;
    Ok(())
}

/// The image's defaults, with those of its variant in front where a file beside them has any.
fn read_defaults(path: &Path) -> Result<Defaults, String> {
    let at = |path: &Path, error: &dyn Display| format!("{}: {error}", path.display());
    let text = fs::read_to_string(path).map_err(|error| at(path, &error))?;
    let defaults = Defaults::parse(&text).map_err(|error| at(path, &error))?;
    let of_variant = path.with_file_name(VARIANT_DEFAULTS);
    match fs::read_to_string(&of_variant) {
        Ok(text) => defaults.with_variant(&text).map_err(|error| at(&of_variant, &error)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(defaults),
        Err(error) => Err(at(&of_variant, &error)),
    }
}
