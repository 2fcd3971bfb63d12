//! What the network's address server has told this machine, as systemd-networkd keeps it.

use std::{fs, io, net::IpAddr};

/// For templates: the name servers of all leases, in networkd's order; none where there is no network.
pub fn name_servers() -> Vec<String> {
    read("/run/systemd/netif/state")
}

fn read(path: &str) -> Vec<String> {
    match fs::read_to_string(path) {
        Ok(state) => parse(&state),
        Err(error) => {
            if error.kind() != io::ErrorKind::NotFound {
                eprintln!("settings-applier: {path}: {error}; going on without name servers of a lease");
            }
            Vec::new()
        }
    }
}

/// A word that is no plain address, such as one with a port, is nothing that resolv.conf could hold.
fn parse(state: &str) -> Vec<String> {
    let listed = state.lines().filter_map(|line| line.strip_prefix("DNS=")).flat_map(str::split_whitespace);
    listed.filter_map(|word| word.parse::<IpAddr>().ok()).map(|address| address.to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_addresses_are_taken() {
        let state = "# This is private data. Do not parse.\nOPER_STATE=routable\n\
                     DNS=10.0.2.3 fec0::3 9.9.9.9:53 1.1.1.1#one.example evil\\nnameserver\nNTP=10.0.2.4\n";
        assert_eq!(parse(state), ["10.0.2.3", "fec0::3"]);
        assert!(parse("OPER_STATE=off\n").is_empty());
    }

    #[test]
    fn a_machine_without_a_network_has_none() {
        assert!(read("/nonexistent/state").is_empty());
    }
}
