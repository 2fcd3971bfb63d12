//! The proxy of `settings.network`.

use crate::values::{is_host, is_uri_character};
use std::net::Ipv6Addr;

const MAX_BYTES: usize = 2048;

/// As upstream has it, the scheme may be left out (bottlerocket, modeled-types `Url`).
pub fn is_proxy(text: &str) -> bool {
    let rest = match text.split_once("://") {
        Some(("http" | "https", rest)) => rest,
        Some(_) => return false,
        None => text,
    };
    let authority = rest.strip_suffix('/').unwrap_or(rest);
    let server = authority.rsplit_once('@').map_or(authority, |(_, server)| server);
    let (is_server, port) = match server.strip_prefix('[').map(|rest| rest.split_once(']')) {
        Some(Some((address, port))) => (address.parse::<Ipv6Addr>().is_ok(), port),
        Some(None) => return false,
        None => {
            let (host, port) = server.split_at(server.find(':').unwrap_or(server.len()));
            (is_host(host), port)
        }
    };
    let is_port = |port: &str| port.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok());
    text.len() <= MAX_BYTES
        && text.chars().all(is_uri_character)
        && !authority.contains('/')
        && is_server
        && (port.is_empty() || is_port(port))
}

#[cfg(test)]
mod tests {
    use crate::settings_from_json;
    use serde_json::json;

    #[test]
    fn the_forms_of_a_proxys_address_are_checked_without_being_shown() {
        let set = |address: &str| settings_from_json(json!({"network": {"https-proxy": address}}));
        for good in
            ["", "p.example", "p.example:3128", "http://u:p%40@10.0.2.100:1/", "https://[fd00::1]:443", "http://[::1]"]
        {
            set(good).expect(good);
        }
        for bad in [
            "http://",
            "ftp://secret",
            "http://secret:all",
            "http://u:secret@",
            "u:secret@p:70000",
            "http://[::1",
            "p/secret",
            "secret\"\nseed = 1",
            "http://a:b@[secret]",
        ] {
            let told = set(bad).expect_err(bad).to_string();
            assert!(told.starts_with("settings.network.https-proxy: this is not the address of a proxy"), "{told}");
            assert!(!told.contains("secret"), "{told}");
        }
    }

    #[test]
    fn exclusions_are_hosts_domains_or_subnets() {
        let set = |entry: &str| settings_from_json(json!({"network": {"no-proxy": ["localhost", entry]}}));
        for good in ["*", ".svc", "u.example", "10.0.2.100", "10.0.0.0/8", "fd00::/16"] {
            set(good).expect(good);
        }
        for bad in ["", "*.example", "a:80", "10.0.0.0/33", "fd00::/129", "a/8", "..a", "a b", "http://a"] {
            let told = set(bad).expect_err(bad).to_string();
            assert!(told.starts_with("settings.network.no-proxy"), "{told}");
        }
    }
}
