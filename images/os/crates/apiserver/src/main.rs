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
mod report;
mod router;
mod systemctl;

use app::{App, Updates};
use args::Args;
use datastore::{Opened, Store};
use models::Defaults;
use std::{error::Error, fs, process::ExitCode, rc::Rc};

fn main() -> ExitCode {
    match Args::parse(std::env::args().skip(1)).map_err(Into::into).and_then(run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("apiserver: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: Args) -> Result<(), Box<dyn Error>> {
    let text = fs::read_to_string(&args.defaults).map_err(|error| format!("{}: {error}", args.defaults.display()))?;
    let defaults = Defaults::parse(&text).map_err(|error| format!("{}: {error}", args.defaults.display()))?;
    let (mut store, opened) =
        Store::open(&args.datastore).map_err(|error| format!("{}: {error}", args.datastore.display()))?;
    if let Opened::SetAside { reason, kept_as } = opened {
        let kept = args.datastore.join(kept_as);
        eprintln!(
            "The settings store was corrupt ({reason}). It is kept as {}; starting from defaults.",
            kept.display()
        );
    }
    launch::offer_defaults(&mut store, &defaults)?;

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let updates = Updates { program: args.updater, status: args.update_status, lock: args.update_lock };
    let app = Rc::new(App::new(store, defaults, args.settings_applier, updates));
    tokio::task::LocalSet::new().block_on(&runtime, async {
        let listener = listener::listen(&args.socket)?;
        listener::notify_ready()?;
        connection::serve(listener, app).await
    })?;
    Ok(())
}
