//! Servers that are reached directly although there is a proxy (`settings.network.no-proxy`). The forms are those of
//! upstream's HTTP client (reqwest, `NoProxy::from_string`).

use std::net::IpAddr;

#[derive(Debug, Default)]
pub struct Exclusions(Vec<Exclusion>);

#[derive(Debug)]
enum Exclusion {
    Everything,
    /// All addresses that begin with the same bits as this one.
    Subnet(IpAddr, u8),
    /// In lower case, without a dot before it: the domain itself and all below it.
    Domain(String),
}

impl Exclusions {
    /// `*`, IP addresses, subnets such as `10.0.0.0/8`, domains with or without a dot before them.
    pub fn new(entries: &[String]) -> Self {
        Self(entries.iter().map(|entry| Exclusion::of(entry.trim())).collect())
    }

    /// Whether `host`, a name or an address without brackets, is one of them.
    pub fn contain(&self, host: &str) -> bool {
        self.0.iter().any(|exclusion| exclusion.contains(host))
    }
}

impl Exclusion {
    fn of(entry: &str) -> Self {
        let (address, bits) = entry.split_once('/').unwrap_or((entry, "128"));
        match (entry, address.parse(), bits.parse()) {
            ("*", ..) => Self::Everything,
            (_, Ok(address), Ok(bits)) => Self::Subnet(address, bits),
            _ => Self::Domain(entry.trim_start_matches('.').to_lowercase()),
        }
    }

    fn contains(&self, host: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Subnet(net, bits) => host.parse().is_ok_and(|address| in_subnet(*net, *bits, address)),
            Self::Domain(domain) => {
                let host = host.to_lowercase();
                host.strip_suffix(domain).is_some_and(|before| before.is_empty() || before.ends_with('.'))
            }
        }
    }
}

fn in_subnet(net: IpAddr, bits: u8, address: IpAddr) -> bool {
    let (net, address, width) = match (net, address) {
        (IpAddr::V4(net), IpAddr::V4(address)) => (net.to_bits().into(), address.to_bits().into(), 32),
        (IpAddr::V6(net), IpAddr::V6(address)) => (net.to_bits(), address.to_bits(), 128),
        _ => return false,
    };
    let rest = width - u32::from(bits).min(width);
    let prefix = |address: u128| address.checked_shr(rest);
    prefix(net) == prefix(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contain(entries: &[&str], host: &str) -> bool {
        Exclusions::new(&entries.iter().map(ToString::to_string).collect::<Vec<_>>()).contain(host)
    }

    #[test]
    fn domains_cover_what_is_below_them() {
        for entry in ["u.example", ".u.example", "U.Example"] {
            assert!(contain(&[entry], "u.example") && contain(&[entry], "a.b.U.example"), "{entry}");
            assert!(!contain(&[entry], "notu.example") && !contain(&[entry], "u.example.org"), "{entry}");
        }
        assert!(contain(&["*"], "anything") && !contain(&[], "anything"));
    }

    #[test]
    fn addresses_and_subnets_cover_addresses_of_their_kind() {
        assert!(contain(&["a", "10.0.2.100"], "10.0.2.100") && !contain(&["10.0.2.100"], "10.0.2.10"));
        assert!(contain(&["10.0.0.0/8"], "10.9.8.7") && !contain(&["10.0.0.0/8"], "11.0.0.0"));
        assert!(contain(&["0.0.0.0/0"], "192.0.2.1") && !contain(&["0.0.0.0/0"], "::1"));
        assert!(contain(&["fd00::/16"], "fd00:1::2") && !contain(&["fd00::/16"], "fd01::"));
        assert!(contain(&["::1"], "::1") && !contain(&["::/0"], "u.example"));
    }
}
