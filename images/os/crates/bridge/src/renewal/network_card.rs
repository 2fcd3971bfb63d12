//! The address of the machine's network card, if it has one.

use std::ffi::OsString;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::ioctl::{Opcode, Setter, ioctl};
use rustix::net::{AddressFamily, SocketFlags, SocketType, socket_with};

const INTERFACES: &str = "/sys/class/net";
/// From linux/sockios.h and linux/if_arp.h.
const SIOCSIFHWADDR: Opcode = 0x8924;
const ARPHRD_ETHER: u16 = 1;
const NAME_BYTES: usize = 16;

/// netdevice(7)'s ifreq, as far as a hardware address needs it.
#[repr(C)]
struct InterfaceRequest {
    name: [u8; NAME_BYTES],
    family: u16,
    address: [u8; 6],
    rest: [u8; 16],
}

/// A machine without a card has no address that could be wrong.
pub fn set_address(mac: [u8; 6]) -> io::Result<()> {
    let Some(interface) = first_card(Path::new(INTERFACES))? else { return Ok(()) };
    let socket = socket_with(AddressFamily::INET, SocketType::DGRAM, SocketFlags::CLOEXEC, None)?;
    let mut name = [0; NAME_BYTES];
    // The kernel's own names always leave room for the zero at the end.
    name[..interface.len()].copy_from_slice(interface.as_bytes());
    request(&socket, InterfaceRequest { name, family: ARPHRD_ETHER, address: mac, rest: [0; 16] })
}

#[allow(unsafe_code, reason = "no crate offers this ioctl")]
fn request(socket: &impl AsFd, request: InterfaceRequest) -> io::Result<()> {
    // SAFETY: SIOCSIFHWADDR reads one ifreq, which InterfaceRequest is laid out as.
    Ok(unsafe { ioctl(socket, Setter::<SIOCSIFHWADDR, _>::new(request)) }?)
}

/// A card has a device behind it; loopback, bridges and containers' ends have not.
fn first_card(interfaces: &Path) -> io::Result<Option<OsString>> {
    let mut cards = Vec::new();
    for entry in std::fs::read_dir(interfaces)? {
        let entry = entry?;
        if entry.path().join("device").exists() {
            cards.push(entry.file_name());
        }
    }
    cards.sort();
    Ok(cards.into_iter().next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_what_has_a_device() {
        let interfaces = tempfile::tempdir().unwrap();
        for name in ["lo", "eth1", "eth0"] {
            std::fs::create_dir(interfaces.path().join(name)).unwrap();
        }
        assert_eq!(first_card(interfaces.path()).unwrap(), None);
        for name in ["eth1", "eth0"] {
            std::fs::create_dir(interfaces.path().join(name).join("device")).unwrap();
        }
        assert_eq!(first_card(interfaces.path()).unwrap(), Some("eth0".into()));
    }

    #[test]
    fn a_request_has_the_size_of_the_kernels() {
        assert_eq!(size_of::<InterfaceRequest>(), 40);
    }
}
