//! What a machine that was restored from a memory snapshot must not share with its siblings: random numbers, the time,
//! and who it is. The bytes are in docs/bridge-protocol.md, "Renewal".

mod clock;
mod entropy;
mod machine_id;
mod network_card;

use std::path::Path;

use crate::codec::frame::{NONCE_BYTES, Violation};

const ENTROPY_BYTES: usize = 64;
const MACHINE_ID_BYTES: usize = 32;
const MAC_BYTES: usize = 6;
const TIME_BYTES: usize = 8;
const ALL_BYTES: usize = NONCE_BYTES + TIME_BYTES + ENTROPY_BYTES + MACHINE_ID_BYTES + MAC_BYTES;

pub type Nonce = [u8; NONCE_BYTES];

#[derive(Debug, PartialEq, Eq)]
pub struct Renewal {
    pub nonce: Nonce,
    /// Of the real-time clock, since 1970.
    nanoseconds: u64,
    entropy: [u8; ENTROPY_BYTES],
    machine_id: Option<String>,
    mac: Option<[u8; MAC_BYTES]>,
}

impl Renewal {
    pub fn parse(payload: &[u8]) -> Result<Self, Violation> {
        let whole: &[u8; ALL_BYTES] = payload
            .try_into()
            .map_err(|_| Violation(format!("RENEW of {} bytes where {ALL_BYTES} belong", payload.len())))?;
        let (nonce, rest) = split(whole);
        let (time, rest) = split(rest);
        let (entropy, rest) = split(rest);
        let (machine_id, rest) = split::<MACHINE_ID_BYTES>(rest);
        let (mac, _) = split::<MAC_BYTES>(rest);
        Ok(Self {
            nonce,
            nanoseconds: u64::from_le_bytes(time),
            entropy,
            machine_id: given(machine_id).map(machine_id_text).transpose()?,
            mac: given(mac),
        })
    }

    /// Does all that it can; the answer names what failed.
    pub fn apply(&self) -> Vec<String> {
        let done = [
            entropy::add(&self.entropy).map_err(|error| format!("cannot reseed the kernel's random numbers: {error}")),
            clock::set(self.nanoseconds).map_err(|error| format!("cannot set the clock: {error}")),
            match &self.machine_id {
                Some(id) => machine_id::replace(Path::new("/etc"), id)
                    .map_err(|error| format!("cannot write the machine's identity: {error}")),
                None => Ok(()),
            },
            match self.mac {
                Some(mac) => network_card::set_address(mac)
                    .map_err(|error| format!("cannot set the network card's address: {error}")),
                None => Ok(()),
            },
        ];
        done.into_iter().filter_map(Result::err).collect()
    }
}

fn split<const LENGTH: usize>(bytes: &[u8]) -> ([u8; LENGTH], &[u8]) {
    let (head, rest) = bytes.split_first_chunk().expect("the whole length was checked");
    (*head, rest)
}

/// All zeros stand for what the host leaves as it is.
fn given<const LENGTH: usize>(bytes: [u8; LENGTH]) -> Option<[u8; LENGTH]> {
    (bytes != [0; LENGTH]).then_some(bytes)
}

fn machine_id_text(bytes: [u8; MACHINE_ID_BYTES]) -> Result<String, Violation> {
    let is_digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    match String::from_utf8(bytes.to_vec()) {
        Ok(text) if bytes.iter().all(is_digit) => Ok(text),
        _ => Err(Violation("a machine id is 32 of 0-9 and a-f".into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payload(machine_id: [u8; 32], mac: [u8; 6]) -> Vec<u8> {
        [&[1; 16][..], &5u64.to_le_bytes(), &[2; 64], &machine_id, &mac].concat()
    }

    #[test]
    fn reads_what_the_protocol_says() {
        let renewal = Renewal::parse(&payload([b'a'; 32], [2, 0, 0, 0, 0, 1])).unwrap();
        let expected = Renewal {
            nonce: [1; 16],
            nanoseconds: 5,
            entropy: [2; 64],
            machine_id: Some("a".repeat(32)),
            mac: Some([2, 0, 0, 0, 0, 1]),
        };
        assert_eq!(renewal, expected);
    }

    #[test]
    fn zeros_leave_things_as_they_are() {
        let renewal = Renewal::parse(&payload([0; 32], [0; 6])).unwrap();
        assert_eq!((renewal.machine_id, renewal.mac), (None, None));
    }

    #[test]
    fn refuses_other_lengths_and_identities() {
        assert!(Renewal::parse(&[0; 125]).is_err());
        assert!(Renewal::parse(&[0; 127]).is_err());
        assert!(Renewal::parse(&payload([b'A'; 32], [0; 6])).is_err());
        assert!(Renewal::parse(&payload([0xff; 32], [0; 6])).is_err());
    }
}
