//! Settings that the kernel holds. They are written only when they differ, so that applying twice changes nothing.

use models::sysctl_path;
use serde_json::Value;
use std::{fs, io, path::Path};

const LOCKDOWN: &str = "/sys/kernel/security/lockdown";
/// From the most open to the strictest; the kernel only ever goes from left to right.
const LOCKDOWN_LEVELS: [&str; 3] = ["none", "integrity", "confidentiality"];

fn text<'a>(settings: &'a Value, pointer: &str) -> Option<&'a str> {
    settings.pointer(pointer)?.as_str()
}

pub fn set_host_name(settings: &Value) -> Result<(), String> {
    let Some(name) = text(settings, "/network/hostname") else { return Ok(()) };
    if rustix::system::uname().nodename().to_bytes() == name.as_bytes() {
        return Ok(());
    }
    rustix::system::sethostname(name.as_bytes())
        .map_err(|error| format!("the kernel does not take the host name: {error}"))
}

/// Every fault, not only the first: the parameters have nothing to do with each other.
pub fn set_sysctls(settings: &Value) -> Vec<String> {
    let set = settings.pointer("/kernel/sysctl").and_then(Value::as_object);
    let all = set.into_iter().flatten().filter_map(|(name, value)| Some((name, value.as_str()?)));
    all.filter_map(|(name, value)| set_sysctl(name, value).err()).collect()
}

fn set_sysctl(name: &str, value: &str) -> Result<(), String> {
    let path = sysctl_path(name).ok_or_else(|| format!("sysctl {name:?} is not a name of a kernel parameter"))?;
    write_if_different(&path, value).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => format!("sysctl {name}: this kernel has no such parameter"),
        _ => format!("sysctl {name}: the kernel does not take its value: {error}"),
    })
}

fn write_if_different(path: &Path, value: &str) -> io::Result<()> {
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    // Some parameters can only be written; then there is nothing to compare with.
    if fs::read_to_string(path).is_ok_and(|present| words(&present) == words(value)) {
        return Ok(());
    }
    fs::OpenOptions::new().write(true).open(path).and_then(|mut file| io::Write::write_all(&mut file, value.as_bytes()))
}

pub fn raise_lockdown(settings: &Value) -> Result<(), String> {
    let Some(wanted) = text(settings, "/kernel/lockdown") else { return Ok(()) };
    // "none" holds on any kernel, also on one without lockdown.
    if wanted == LOCKDOWN_LEVELS[0] {
        return Ok(());
    }
    let present = fs::read_to_string(LOCKDOWN).map_err(|error| format!("{LOCKDOWN}: {error}"))?;
    if !must_raise(&present, wanted)? {
        return Ok(());
    }
    fs::write(LOCKDOWN, wanted).map_err(|error| format!("lockdown {wanted:?}: {error}"))
}

/// `present` is the kernel's list of levels, the active one in brackets. A level lower than the active one is for the
/// next boot.
fn must_raise(present: &str, wanted: &str) -> Result<bool, String> {
    let rank = |level: &str| LOCKDOWN_LEVELS.iter().position(|known| *known == level);
    let active = present.split_whitespace().find_map(|level| level.strip_prefix('[')?.strip_suffix(']'));
    let active = active.and_then(rank).ok_or_else(|| format!("{LOCKDOWN} has no level that is known: {present:?}"))?;
    let wanted = rank(wanted).ok_or_else(|| format!("{wanted:?} is not a lockdown level: {LOCKDOWN_LEVELS:?}"))?;
    Ok(wanted > active)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lockdown_is_only_raised() {
        assert_eq!(must_raise("[none] integrity confidentiality\n", "integrity"), Ok(true));
        assert_eq!(must_raise("none [integrity] confidentiality\n", "integrity"), Ok(false));
        assert_eq!(must_raise("none integrity [confidentiality]\n", "none"), Ok(false));
        assert!(must_raise("", "none").is_err());
        assert!(must_raise("[none]", "open").is_err());
    }

    #[test]
    fn a_fault_with_one_parameter_does_not_hide_the_next() {
        let settings = serde_json::json!({"kernel": {"sysctl": {"../x": "1", "no.such.parameter": "1"}}});
        let faults = set_sysctls(&settings);
        assert_eq!(faults.len(), 2);
        assert!(faults[1].contains("no.such.parameter: this kernel has no such parameter"), "{faults:?}");
    }

    #[test]
    fn a_value_that_is_not_taken_is_not_repeated() {
        let settings = serde_json::json!({"kernel": {"sysctl": {"kernel.osrelease": "hunter2"}}});
        let faults = set_sysctls(&settings);
        assert!(faults[0].starts_with("sysctl kernel.osrelease: the kernel does not take its value: "), "{faults:?}");
        assert!(!faults[0].contains("hunter2"));
    }

    #[test]
    fn what_is_there_already_is_not_written() {
        let present = fs::read_to_string("/proc/sys/kernel/osrelease").expect("read");
        write_if_different(Path::new("/proc/sys/kernel/osrelease"), present.trim()).expect("a read-only parameter");
    }
}
