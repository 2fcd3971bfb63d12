//! Takes the live settings from the host API to where they have an effect: files, the kernel, services.

mod apply;
mod args;
mod certificates;
mod files;
mod kernel;
mod lease;
mod lock;
mod model;
mod registries;
mod restart;
mod templates;

use api_client::Client;
use args::{Args, Scope};
use model::Model;
use std::{error::Error, process::ExitCode};

fn main() -> ExitCode {
    match Args::parse(std::env::args().skip(1), std::io::stdin()).map_err(Into::into).and_then(|args| run(&args)) {
        Ok(faults) if faults.is_empty() => ExitCode::SUCCESS,
        Ok(faults) => {
            for fault in faults {
                eprintln!("settings-applier: {fault}");
            }
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("settings-applier: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What could not be applied. The rest was: one bad setting must not keep the others from taking effect.
fn run(args: &Args) -> Result<Vec<String>, Box<dyn Error>> {
    // Two appliers at work on the same files could leave the older settings. Whoever comes second reads the settings
    // after the first has finished, and so sees everything that was committed before.
    let _lock = lock::wait(&args.lock)?;
    let client = Client::new(&args.socket);
    if args.scope == Scope::Boot {
        model::commit_launch(&client)?;
    }
    let model = Model::fetch(&client)?;
    let services = match &args.scope {
        Scope::Boot | Scope::All => model.services.keys().cloned().collect(),
        Scope::Keys(keys) => model::affected_services(&client, keys)?,
    };
    Ok(apply::apply(&model, &services, &args.scope))
}
