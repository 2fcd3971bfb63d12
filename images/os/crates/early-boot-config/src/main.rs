//! Reads user-data from every source this machine has, and hands all of it to the host API in one call.

mod args;
mod decode;
mod imds;
mod marker;
mod providers;

use api_client::Client;
use args::Args;
use imds::Imds;
use models::{UserData, brief, tree, tree::Tree};
use providers::{Machine, PROVIDERS, Provider};
use std::process::ExitCode;

/// Committed later, by the settings applier, and only if this program succeeded.
const PATCH: &str = "/settings?tx=bottlerocket-launch";

fn main() -> ExitCode {
    match Args::parse(std::env::args().skip(1)).and_then(|args| run(&args)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("early-boot-config: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<(), String> {
    let machine = Machine { root: args.root.clone(), imds: args.imds.clone().map(Imds::at) };
    let mut merged = Tree::new();
    for provider in PROVIDERS {
        let settings = take(&provider, &machine).map_err(|error| format!("user-data of {}: {error}", provider.name))?;
        tree::merge(&mut merged, settings);
    }
    if !merged.is_empty() {
        let body = serde_json::to_vec(&merged).map_err(|error| error.to_string())?;
        let answer = Client::new(&args.socket).call("PATCH", PATCH, &body).map_err(|error| error.to_string())?;
        answer.success().map_err(|refusal| format!("the host API refused the user-data: {refusal}"))?;
    }
    marker::write(&args.root)
}

/// The settings of one source; none if it is absent or empty.
fn take(provider: &Provider, machine: &Machine) -> Result<Tree, String> {
    let Some(found) = (provider.find)(machine)? else { return Ok(Tree::new()) };
    let at = |error: String| format!("{}: {error}", found.place);
    let decoded = decode::text(&found.bytes).map_err(at)?;
    if decoded.text.trim().is_empty() {
        return Ok(Tree::new());
    }
    let UserData { settings, ignored } = UserData::parse(&decoded.text).map_err(|error| at(error.to_string()))?;
    eprintln!("early-boot-config: {}: taking {}", provider.name, found.place);
    if decoded.bytes_after > 0 {
        eprintln!("early-boot-config: {}: ignoring {} bytes after its gzip data", provider.name, decoded.bytes_after);
    }
    if !ignored.is_empty() {
        eprintln!("early-boot-config: {}: ignoring what is beside [settings]: {}", provider.name, brief(&ignored));
    }
    Ok(settings)
}
