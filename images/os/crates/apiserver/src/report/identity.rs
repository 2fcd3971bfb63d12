//! What tells this machine, at this moment, from every other one.

use serde::Serialize;
use std::{
    fs,
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

const RANDOM_BYTES: usize = 16;

#[derive(Serialize)]
pub struct Random {
    kernel: Option<String>,
    /// By the C library, which answers from user space where the kernel lends it a generator (vgetrandom in the vDSO).
    c_library: Option<String>,
}

/// Drawn for this answer.
pub fn random() -> Random {
    let mut bytes = [0; RANDOM_BYTES];
    let c_library = getrandom::fill(&mut bytes).ok().map(|()| hex(&bytes));
    Random { kernel: trimmed("/proc/sys/kernel/random/uuid"), c_library }
}

pub fn machine_id() -> Option<String> {
    trimmed("/etc/machine-id")
}

/// Of the network cards, in the order of their interfaces' names.
pub fn mac_addresses() -> Vec<String> {
    addresses_in(Path::new("/sys/class/net"))
}

/// Milliseconds since 1970 on the real-time clock.
pub fn time_ms() -> Option<u64> {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    u64::try_from(since_1970.as_millis()).ok()
}

/// Only a card has a device behind its interface.
fn addresses_in(interfaces: &Path) -> Vec<String> {
    let entries = fs::read_dir(interfaces).into_iter().flatten().flatten();
    let mut cards: Vec<_> = entries.map(|entry| entry.path()).filter(|path| path.join("device").exists()).collect();
    cards.sort();
    cards.iter().filter_map(|card| trimmed(card.join("address"))).collect()
}

fn trimmed(path: impl AsRef<Path>) -> Option<String> {
    fs::read_to_string(path).ok().map(|text| text.trim_end().to_owned())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_are_told_in_order_and_loopback_is_none() {
        let interfaces = tempfile::tempdir().expect("a directory");
        for (name, address) in [("lo", "00:00:00:00:00:00"), ("eth1", "b"), ("eth0", "a")] {
            let interface = interfaces.path().join(name);
            fs::create_dir(&interface).expect("a directory");
            fs::write(interface.join("address"), format!("{address}\n")).expect("a file");
            if name != "lo" {
                fs::create_dir(interface.join("device")).expect("a directory");
            }
        }
        assert_eq!(addresses_in(interfaces.path()), ["a", "b"]);
    }
}
