use crate::{args::Scope, files, kernel, model::Model, registries, restart};
use models::Service;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// Renders the files of the given services, each once, and runs their restart commands. Returns what went wrong.
pub fn apply(model: &Model, services: &BTreeSet<String>, scope: &Scope) -> Vec<String> {
    let mut faults = Vec::new();
    let named: Vec<_> = services.iter().filter_map(|name| model.services.get(name)).collect();
    let wanted: BTreeSet<_> = named.iter().flat_map(|service| &service.configuration_files).collect();
    let mut changed = BTreeMap::new();
    for name in wanted {
        let file = model.configuration_files.get(name).ok_or_else(|| format!("{name:?} is not a configuration file"));
        match file.and_then(|file| files::update(file, &model.settings)) {
            Ok(is_new) => drop(changed.insert(name.clone(), is_new)),
            Err(fault) => faults.push(fault),
        }
    }
    for service in named {
        let restart = *scope != Scope::Boot && has_changed(service, &changed);
        for command in &service.restart_commands {
            faults.extend(run(command, model, restart));
        }
    }
    faults
}

/// A service without files has nothing to compare, so it always hears of it.
fn has_changed(service: &Service, changed: &BTreeMap<String, bool>) -> bool {
    let files = &service.configuration_files;
    files.is_empty() || files.iter().any(|name| changed.get(name) == Some(&true))
}

/// Commands of the applier itself are carried out here: a process for each would cost a boot tens of milliseconds. They
/// compare before they write, so they need no change of a file to wait for.
fn run(command: &str, model: &Model, restart: bool) -> Vec<String> {
    match command {
        "settings-applier hostname" => kernel::set_host_name(&model.settings).err().into_iter().collect(),
        "settings-applier sysctl" => {
            // Not a fault: a kernel that has lost a parameter, as after an update, must not keep the machine from booting.
            kernel::set_sysctls(&model.settings).iter().for_each(|warning| eprintln!("settings-applier: {warning}"));
            Vec::new()
        }
        "settings-applier lockdown" => kernel::raise_lockdown(&model.settings).err().into_iter().collect(),
        "settings-applier registries" => {
            registries::write(&model.settings, Path::new(registries::DIRECTORY)).err().into_iter().collect()
        }
        _ if restart => restart::run(command).err().into_iter().collect(),
        _ => Vec::new(),
    }
}
