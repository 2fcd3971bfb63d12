//! Gives the network card the address that QEMU's user network expects, by rtnetlink(7): no other program of this system
//! configures networks, and only a benchmark needs one.

use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketType, recv, send, socket};
use std::{fs, io, path::Path};

/// QEMU's default for its one guest, to which it forwards ports (qemu-options.hx, `-netdev user`).
const ADDRESS: [u8; 4] = [10, 0, 2, 15];
const PREFIX_BITS: u8 = 24;

// linux/rtnetlink.h, linux/netlink.h, linux/if_addr.h, linux/if.h
const RTM_NEWLINK: u16 = 16;
const RTM_NEWADDR: u16 = 20;
const NLM_F_REQUEST: u16 = 1;
const NLM_F_ACK: u16 = 4;
const NLM_F_CREATE: u16 = 0x400;
const NLMSG_ERROR: u16 = 2;
const IFA_LOCAL: u16 = 2;
const IFF_UP: u32 = 1;
const AF_INET: u8 = 2;
const HEADER_BYTES: usize = 16;

/// `card` is its directory in sysfs.
pub fn configure(card: &Path) -> io::Result<()> {
    let index: u32 = fs::read_to_string(card.join("ifindex"))?.trim().parse().map_err(io::Error::other)?;
    request(RTM_NEWLINK, 0, &link_up(index))?;
    request(RTM_NEWADDR, NLM_F_CREATE, &address(index))
}

/// struct ifinfomsg
fn link_up(index: u32) -> Vec<u8> {
    [[0; 4], index.to_ne_bytes(), IFF_UP.to_ne_bytes(), IFF_UP.to_ne_bytes()].concat()
}

/// struct ifaddrmsg with the attribute of the address
fn address(index: u32) -> Vec<u8> {
    let attribute_bytes = 4 + ADDRESS.len() as u16;
    let mut message = vec![AF_INET, PREFIX_BITS, 0, 0];
    message.extend(index.to_ne_bytes());
    message.extend(attribute_bytes.to_ne_bytes());
    message.extend(IFA_LOCAL.to_ne_bytes());
    message.extend(ADDRESS);
    message
}

fn request(kind: u16, flags: u16, payload: &[u8]) -> io::Result<()> {
    // NETLINK_ROUTE is protocol 0, the default.
    let kernel = socket(AddressFamily::NETLINK, SocketType::RAW, None)?;
    send(&kernel, &frame(kind, flags | NLM_F_REQUEST | NLM_F_ACK, payload), SendFlags::empty())?;
    let mut answer = [0; 1024];
    let (length, _) = recv(&kernel, &mut answer, RecvFlags::empty())?;
    outcome(&answer[..length])
}

/// struct nlmsghdr before the payload
fn frame(kind: u16, flags: u16, payload: &[u8]) -> Vec<u8> {
    let mut message = Vec::new();
    message.extend(((HEADER_BYTES + payload.len()) as u32).to_ne_bytes());
    message.extend(kind.to_ne_bytes());
    message.extend(flags.to_ne_bytes());
    message.extend([0; 8]);
    message.extend(payload);
    message
}

/// struct nlmsgerr: a negative errno, or zero, which acknowledges.
fn outcome(answer: &[u8]) -> io::Result<()> {
    let kind = answer.get(4..6).map(|bytes| u16::from_ne_bytes([bytes[0], bytes[1]]));
    let code = answer.get(HEADER_BYTES..).and_then(|rest| rest.first_chunk().copied()).map(i32::from_ne_bytes);
    match (kind, code) {
        (Some(NLMSG_ERROR), Some(0)) => Ok(()),
        (Some(NLMSG_ERROR), Some(code)) => Err(io::Error::from_raw_os_error(-code)),
        _ => Err(io::Error::other("the kernel answered a netlink request with something else")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_understands_the_messages() {
        // No card has this number, so nothing is changed, whoever runs this.
        const NO_CARD: u32 = i32::MAX as u32;
        for (kind, payload) in [(RTM_NEWLINK, link_up(NO_CARD)), (RTM_NEWADDR, address(NO_CARD))] {
            let error = request(kind, 0, &payload).unwrap_err();
            let known = [io::ErrorKind::PermissionDenied, io::ErrorKind::NotFound];
            assert!(known.contains(&error.kind()) || error.raw_os_error() == Some(19), "{error}");
        }
    }

    #[test]
    fn an_answer_cut_short_is_no_success() {
        assert!(outcome(&[]).is_err());
        assert!(outcome(&[0; 19]).is_err());
    }
}
