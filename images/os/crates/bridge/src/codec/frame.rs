//! Frames: their limits and their bytes. The table is in docs/bridge-protocol.md, "Bytes".

use super::magic;

pub const VERSION: u8 = 2;
pub const HEADER_BYTES: usize = 8;
pub const MAX_PAYLOAD_BYTES: usize = 32 * 1024 - HEADER_BYTES;
pub const MAX_REASON_BYTES: usize = 1024;
pub const NONCE_BYTES: usize = 16;
pub const WINDOW_BYTES: usize = 256 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameType {
    Hello = 1,
    Ack = 2,
    Boot = 3,
    Open = 4,
    Data = 5,
    End = 6,
    Rst = 7,
    Win = 8,
    Renew = 9,
    Renewed = 10,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Frame {
    pub kind: FrameType,
    pub stream: u32,
    pub payload: Vec<u8>,
}

/// What a peer sent against the protocol.
#[derive(Debug, PartialEq, Eq)]
pub struct Violation(pub String);

#[derive(Debug, PartialEq, Eq)]
pub struct Header {
    pub kind: FrameType,
    pub stream: u32,
    pub length: usize,
}

impl Header {
    pub fn parse(bytes: [u8; HEADER_BYTES]) -> Result<Self, Violation> {
        let [kind, reserved, length_low, length_high, id @ ..] = bytes;
        let kind = kind_of(kind).ok_or_else(|| Violation(format!("unknown frame type {kind}")))?;
        let length = usize::from(u16::from_le_bytes([length_low, length_high]));
        let stream = u32::from_le_bytes(id);
        let is_of_session =
            !matches!(kind, FrameType::Open | FrameType::Data | FrameType::End | FrameType::Rst | FrameType::Win);
        if reserved != 0 {
            return Err(Violation(format!("reserved byte is {reserved}, not 0")));
        }
        if length > MAX_PAYLOAD_BYTES {
            return Err(Violation(format!("payload of {length} bytes; at most {MAX_PAYLOAD_BYTES} fit a frame")));
        }
        if stream > i32::MAX as u32 || is_of_session != (stream == 0) {
            return Err(Violation(format!("{kind:?} frame with stream id {stream}")));
        }
        Ok(Self { kind, stream, length })
    }
}

fn kind_of(byte: u8) -> Option<FrameType> {
    use FrameType::*;
    [Hello, Ack, Boot, Open, Data, End, Rst, Win, Renew, Renewed].into_iter().find(|kind| *kind as u8 == byte)
}

pub fn encode(kind: FrameType, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len()).expect("callers keep payloads within a frame");
    let mut bytes = Vec::with_capacity(HEADER_BYTES + payload.len());
    bytes.extend([kind as u8, 0]);
    bytes.extend(length.to_le_bytes());
    bytes.extend(stream.to_le_bytes());
    bytes.extend(payload);
    bytes
}

/// ACK or BOOT: the only frames of a guest that follow the magic.
pub fn encode_greeting(kind: FrameType, payload: &[u8]) -> Vec<u8> {
    [magic::MAGIC.as_slice(), &encode(kind, 0, payload)].concat()
}

/// The frames that carry `bytes` (at most one payload of them) without ever showing the magic.
pub fn encode_data(stream: u32, mut bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut frames = Vec::with_capacity(1);
    while let Some(at) = magic::find(bytes) {
        let (head, tail) = bytes.split_at(at + magic::MAGIC.len() / 2);
        frames.push(encode(FrameType::Data, stream, head));
        bytes = tail;
    }
    frames.push(encode(FrameType::Data, stream, bytes));
    if magic::held_back(bytes) > 0 {
        frames.push(encode(FrameType::Data, stream, &[]));
    }
    frames
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(bytes: [u8; 8]) -> Result<Header, Violation> {
        Header::parse(bytes)
    }

    #[test]
    fn reads_what_it_writes() {
        let bytes = encode(FrameType::Win, 0x7fff_ffff, &[1, 0, 0, 0]);
        assert_eq!(bytes, [8, 0, 4, 0, 0xff, 0xff, 0xff, 0x7f, 1, 0, 0, 0]);
        let parsed = header(bytes[..8].try_into().unwrap()).unwrap();
        assert_eq!(parsed, Header { kind: FrameType::Win, stream: 0x7fff_ffff, length: 4 });
    }

    #[test]
    fn refuses_headers_out_of_range() {
        for (bytes, reason) in [
            ([0, 0, 0, 0, 1, 0, 0, 0], "unknown frame type 0"),
            ([11, 0, 0, 0, 1, 0, 0, 0], "unknown frame type 11"),
            ([5, 1, 0, 0, 1, 0, 0, 0], "reserved byte is 1, not 0"),
            ([5, 0, 0xf9, 0x7f, 1, 0, 0, 0], "payload of 32761 bytes; at most 32760 fit a frame"),
            ([5, 0, 0, 0, 0, 0, 0, 0], "Data frame with stream id 0"),
            ([5, 0, 0, 0, 0, 0, 0, 0x80], "Data frame with stream id 2147483648"),
            ([1, 0, 16, 0, 1, 0, 0, 0], "Hello frame with stream id 1"),
            ([9, 0, 16, 0, 1, 0, 0, 0], "Renew frame with stream id 1"),
        ] {
            assert_eq!(header(bytes), Err(Violation(reason.into())));
        }
    }
}
