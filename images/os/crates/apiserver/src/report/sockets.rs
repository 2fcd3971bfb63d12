use serde::Serialize;
use std::{
    fs,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

/// A socket that takes what arrives from outside: listening TCP, or bound and unconnected UDP.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Socket {
    protocol: &'static str,
    address: IpAddr,
    port: u16,
}

/// The state that makes a socket reachable, as the kernel numbers them: `TCP_LISTEN` is 10, an unconnected UDP socket
/// has `TCP_CLOSE`, 7.
const TABLES: [(&str, &str); 4] = [("tcp", "0A"), ("tcp6", "0A"), ("udp", "07"), ("udp6", "07")];

pub fn listening() -> Vec<Socket> {
    let read = |(protocol, state): &(&'static str, &str)| {
        let table = fs::read_to_string(format!("/proc/net/{protocol}")).unwrap_or_default();
        parse(protocol, state, &table)
    };
    TABLES.iter().flat_map(read).collect()
}

fn parse(protocol: &'static str, state: &str, table: &str) -> Vec<Socket> {
    let socket = |line: &str| {
        let words: Vec<_> = line.split_whitespace().collect();
        let [_, local, _, its_state, ..] = words[..] else { return None };
        let (address, port) = local.split_once(':')?;
        let port = u16::from_str_radix(port, 16).ok()?;
        (its_state == state).then_some(Socket { protocol, address: address_of(address)?, port })
    };
    table.lines().skip(1).filter_map(socket).collect()
}

/// The kernel prints each 32-bit word of an address as a number of the host's byte order.
fn address_of(hex: &str) -> Option<IpAddr> {
    let word = |at: usize| Some(u32::from_str_radix(hex.get(at..at + 8)?, 16).ok()?.to_ne_bytes());
    match hex.len() {
        8 => Some(Ipv4Addr::from(word(0)?).into()),
        32 => {
            let words = [word(0)?, word(8)?, word(16)?, word(24)?];
            let bytes: [u8; 16] = words.concat().try_into().ok()?;
            Some(Ipv6Addr::from(bytes).into())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{TcpListener, UdpSocket};

    #[test]
    fn only_the_asked_state_counts() {
        let table = "  sl  local_address rem_address   st\n   0: 0100007F:0016 00000000:0000 0A 0 0\n   \
                     1: 0100007F:0017 0100007F:0050 01 0 0\n";
        let expected = Socket { protocol: "tcp", address: Ipv4Addr::LOCALHOST.into(), port: 22 };
        assert_eq!(parse("tcp", "0A", table), [expected]);
    }

    #[test]
    fn real_sockets_are_seen() {
        let tcp = TcpListener::bind("[::1]:0").or_else(|_| TcpListener::bind("127.0.0.1:0")).expect("bound");
        let udp = UdpSocket::bind("127.0.0.1:0").expect("bound");
        let seen = listening();
        for address in [tcp.local_addr().expect("an address"), udp.local_addr().expect("an address")] {
            let found = seen.iter().any(|socket| (socket.address, socket.port) == (address.ip(), address.port()));
            assert!(found, "{address} is not in {seen:?}");
        }
    }
}
