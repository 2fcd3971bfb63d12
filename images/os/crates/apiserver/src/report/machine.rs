//! What the running system shows of its settings, read back from where they were applied.

use crate::app::App;
use models::sysctl_path;
use std::{collections::BTreeMap, fs};

fn trimmed(path: impl AsRef<std::path::Path>) -> Option<String> {
    fs::read_to_string(path).ok().map(|text| text.trim_end().to_owned())
}

fn rendered(app: &App, configuration_file: &str) -> Option<String> {
    fs::read_to_string(&app.defaults.configuration_files.get(configuration_file)?.path).ok()
}

pub fn host_name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

pub fn motd(app: &App) -> Option<String> {
    rendered(app, "motd")
}

pub fn boot_id() -> Option<String> {
    trimmed("/proc/sys/kernel/random/boot_id")
}

/// Every kernel parameter that is set, with the kernel's present value.
pub fn sysctls(app: &App) -> BTreeMap<String, Option<String>> {
    let store = app.store();
    let set = store.live().get("kernel").and_then(|kernel| kernel.get("sysctl")?.as_object());
    let names = set.into_iter().flat_map(|set| set.keys());
    names.map(|name| (name.clone(), sysctl_path(name).and_then(trimmed))).collect()
}

pub fn lockdown() -> Option<String> {
    active_choice(&fs::read_to_string("/sys/kernel/security/lockdown").ok()?)
}

pub fn time_servers(app: &App) -> Vec<String> {
    ntp_lines(&rendered(app, "timesyncd").unwrap_or_default())
}

/// The kernel marks the active one of several choices: `none [integrity] confidentiality`.
fn active_choice(choices: &str) -> Option<String> {
    let active = choices.split_whitespace().find_map(|choice| choice.strip_prefix('[')?.strip_suffix(']'));
    active.map(str::to_owned)
}

fn ntp_lines(conf: &str) -> Vec<String> {
    let lines = conf.lines().filter_map(|line| line.strip_prefix("NTP="));
    lines.flat_map(str::split_whitespace).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_active_choice_is_in_brackets() {
        assert_eq!(active_choice("none [integrity] confidentiality\n").as_deref(), Some("integrity"));
        assert_eq!(active_choice("\n"), None);
    }

    #[test]
    fn time_servers_come_from_ntp_lines() {
        assert_eq!(ntp_lines("[Time]\n#NTP=no\nNTP=a.example 10.0.0.1\n"), ["a.example", "10.0.0.1"]);
    }
}
