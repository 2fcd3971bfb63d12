//! The host API: HTTP/1.1 on a unix socket, paths and answers as upstream Bottlerocket has them.

mod answer;
mod app;
mod args;
mod body;
mod connection;
mod error;
mod handlers;
mod launch;
mod listener;
mod query;
mod release;
mod report;
mod router;
mod systemctl;

use app::{App, Updates};
use args::Args;
use datastore::{OpenError, Opened, Store};
use models::Defaults;
use std::{error::Error, fs, process::ExitCode, rc::Rc};

/// EX_CONFIG of sysexits.h. The unit doesn't try again: the settings won't fit this version the next time either.
const SETTINGS_DO_NOT_FIT: u8 = 78;

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
    let text = fs::read_to_string(&args.defaults).map_err(|error| format!("{}: {error}", args.defaults.display()))?;
    let defaults = Defaults::parse(&text).map_err(|error| format!("{}: {error}", args.defaults.display()))?;
    let os = release::os_facts(&args.os_release)?;
    let running = release::running(&os, &args.migrations)?;
    let (mut store, opened) = Store::open(&args.datastore, &running)?;
    match opened {
        Opened::Fresh | Opened::Existing => {}
        Opened::Migrated { from } => {
            eprintln!("The settings of version {from} now have the form of {}.", running.version);
        }
        Opened::SetAside { reason, kept_as } => {
            let kept = args.datastore.join(kept_as);
            eprintln!(
                "The settings store was corrupt ({reason}). It is kept as {}; starting from defaults.",
                kept.display()
            );
        }
    }
    launch::offer_defaults(&mut store, &defaults)?;

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let updates = Updates { program: args.updater, status: args.update_status, lock: args.update_lock };
    let app = Rc::new(App::new(store, os, defaults, args.settings_applier, updates));
    tokio::task::LocalSet::new().block_on(&runtime, async {
        let listener = listener::listen(&args.socket)?;
        listener::notify_ready()?;
        connection::serve(listener, app).await
    })?;
    Ok(())
}
