//! Finds beginnings and whole frames in what the port gives, in pieces of any size.

use super::frame::{Frame, HEADER_BYTES, Header, Violation};
use super::magic::{self, MAGIC};

#[derive(Debug, PartialEq, Eq)]
pub enum Item {
    /// The magic: whatever came before it is void.
    Beginning,
    Frame(Frame),
}

/// Starts out of step, as after `lose_step`: discards everything before the first magic.
#[derive(Default)]
pub struct Decoder {
    received: Vec<u8>,
    /// So many of them are dealt with. They go when more come, not with each frame, of which there may be thousands.
    consumed: usize,
    /// So many pending bytes are known to hold no magic.
    searched: usize,
    in_step: bool,
}

impl Decoder {
    pub fn push(&mut self, bytes: &[u8]) {
        self.received.drain(..self.consumed);
        self.consumed = 0;
        self.received.extend_from_slice(bytes);
    }

    pub fn lose_step(&mut self) {
        self.in_step = false;
    }

    pub fn next(&mut self) -> Result<Option<Item>, Violation> {
        if self.skip_to_magic() {
            return Ok(Some(Item::Beginning));
        }
        let pending = self.pending();
        let trusted = pending.len() - magic::held_back(pending);
        if !self.in_step {
            self.consume(trusted);
            return Ok(None);
        }
        let Some(header) = pending[..trusted].first_chunk::<HEADER_BYTES>() else { return Ok(None) };
        let Header { kind, stream, length } = Header::parse(*header)?;
        let Some(payload) = pending[..trusted].get(HEADER_BYTES..HEADER_BYTES + length) else { return Ok(None) };
        let payload = payload.to_vec();
        self.consume(HEADER_BYTES + length);
        Ok(Some(Item::Frame(Frame { kind, stream, payload })))
    }

    fn pending(&self) -> &[u8] {
        &self.received[self.consumed..]
    }

    fn skip_to_magic(&mut self) -> bool {
        let from = self.searched.saturating_sub(MAGIC.len() - 1);
        let Some(at) = magic::find(&self.pending()[from..]) else {
            self.searched = self.pending().len();
            return false;
        };
        self.consume(from + at + MAGIC.len());
        self.searched = 0;
        self.in_step = true;
        true
    }

    fn consume(&mut self, bytes: usize) {
        self.consumed += bytes;
        self.searched = self.searched.saturating_sub(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::frame::{FrameType, encode, encode_data, encode_greeting};
    use proptest::prelude::*;

    fn decode<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<Item> {
        let mut decoder = Decoder::default();
        let mut items = Vec::new();
        for piece in pieces {
            decoder.push(piece);
            while let Some(item) = decoder.next().expect("valid input") {
                items.push(item);
            }
        }
        items
    }

    fn data_of(items: &[Item]) -> Vec<u8> {
        let payloads = items.iter().map(|item| match item {
            Item::Frame(frame) => frame.payload.as_slice(),
            Item::Beginning => &[],
        });
        payloads.collect::<Vec<_>>().concat()
    }

    /// Bytes in which whole and cut-off magics are common.
    fn tricky_bytes() -> impl Strategy<Value = Vec<u8>> {
        let part = prop_oneof![
            prop::collection::vec(any::<u8>(), 0..20),
            (0..=MAGIC.len()).prop_map(|length| MAGIC[..length].to_vec()),
        ];
        prop::collection::vec(part, 0..12).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn data_survives_any_chunking(data in tricky_bytes(), chunk in 1usize..40) {
            let mut wire = encode_greeting(FrameType::Hello, &[1; 16]);
            wire.extend(encode_data(7, &data).concat());
            let items = decode(wire.chunks(chunk));
            prop_assert_eq!(&items[0], &Item::Beginning);
            prop_assert_eq!(data_of(&items[2..]), data);
        }

        #[test]
        fn a_torn_frame_never_swallows_a_hello(data in tricky_bytes(), cut in any::<prop::sample::Index>(), chunk in 1usize..40) {
            let torn = encode_data(7, &data).concat();
            let torn = &torn[..cut.index(torn.len())];
            let hello = encode_greeting(FrameType::Hello, &[2; 16]);
            let wire = [&encode_greeting(FrameType::Hello, &[1; 16]), torn, &hello].concat();
            let items = decode(wire.chunks(chunk));
            let last = Item::Frame(Frame { kind: FrameType::Hello, stream: 0, payload: vec![2; 16] });
            prop_assert_eq!(items.last(), Some(&last));
            let before = &items[..items.len() - 2];
            let delivered = data_of(before.get(2..).unwrap_or_default());
            prop_assert!(data.starts_with(&delivered));
        }
    }

    #[test]
    fn discards_until_the_first_magic() {
        let wire = [b"noise".as_slice(), &encode(FrameType::End, 3, &[]), &MAGIC].concat();
        assert_eq!(decode([wire.as_slice()]), [Item::Beginning]);
    }
}
