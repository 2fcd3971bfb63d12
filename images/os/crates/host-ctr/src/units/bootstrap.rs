use super::systemctl;
use crate::{
    configuration,
    kind::{Host, Kind},
};

/// Runs all bootstrap containers side by side and waits for them. Returns the essential ones that failed.
pub fn run_all(host: &Host) -> Result<Vec<String>, String> {
    let begun: Vec<_> = configuration::all(host, Kind::Bootstrap)?
        .into_iter()
        .map(|(name, configuration)| {
            let call = systemctl::begin(&["start", &Kind::Bootstrap.unit(&name)]);
            (name, configuration.essential, call)
        })
        .collect();
    let mut failed = Vec::new();
    for (name, essential, call) in begun {
        let succeeded = call.and_then(|mut call| call.wait().map_err(|error| error.to_string()));
        if succeeded.is_ok_and(|status| status.success()) {
            continue;
        }
        if essential {
            failed.push(name);
        } else {
            eprintln!("bootstrap container {name} failed; it is not essential, so the boot goes on");
        }
    }
    Ok(failed)
}
