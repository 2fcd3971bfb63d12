//! Frames on their way to the port, in order. Shared by a session and its streams.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use tokio::sync::Notify;

use crate::codec::frame::{FrameType, Violation, encode, encode_data, encode_greeting};

/// Streams wait while so much is queued: enough to keep the port busy, little enough for a short turn in the queue.
const ROOMY_BYTES: usize = 128 * 1024;
/// Answers are queued without waiting; a host that provokes so many without reading them is out of its mind.
const FLOODED_BYTES: usize = 1024 * 1024;

#[derive(Default)]
pub struct Outbox {
    frames: RefCell<VecDeque<QueuedFrame>>,
    bytes: Cell<usize>,
    added: Notify,
    taken: Notify,
}

struct QueuedFrame {
    stream: u32,
    bytes: Vec<u8>,
    written: usize,
}

impl Outbox {
    pub fn push_greeting(&self, kind: FrameType, payload: &[u8]) {
        self.push(0, encode_greeting(kind, payload));
    }

    pub fn push_control(&self, kind: FrameType, stream: u32, payload: &[u8]) {
        self.push(stream, encode(kind, stream, payload));
    }

    pub fn push_data(&self, stream: u32, payload: &[u8]) {
        for frame in encode_data(stream, payload) {
            self.push(stream, frame);
        }
    }

    fn push(&self, stream: u32, bytes: Vec<u8>) {
        self.bytes.set(self.bytes.get() + bytes.len());
        self.frames.borrow_mut().push_back(QueuedFrame { stream, bytes, written: 0 });
        self.added.notify_one();
    }

    /// Drops what a stream has queued, except a frame that is already partly written.
    pub fn forget(&self, stream: u32) {
        self.frames.borrow_mut().retain(|frame| frame.stream != stream || frame.written > 0);
        self.bytes.set(self.frames.borrow().iter().map(|frame| frame.bytes.len() - frame.written).sum());
        self.taken.notify_waiters();
    }

    pub fn check_flood(&self) -> Result<(), Violation> {
        match self.bytes.get() {
            bytes if bytes > FLOODED_BYTES => Err(Violation(format!("{bytes} bytes of answers left unread"))),
            _ => Ok(()),
        }
    }

    pub async fn added(&self) {
        self.added.notified().await;
    }

    pub async fn room(&self) {
        while self.bytes.get() > ROOMY_BYTES {
            self.taken.notified().await;
        }
    }

    /// Hands frames to `write`, one call each, until it takes none.
    pub fn flush<E>(&self, mut write: impl FnMut(&[u8]) -> Result<usize, E>) -> Result<(), E> {
        let mut frames = self.frames.borrow_mut();
        while let Some(frame) = frames.front_mut() {
            let count = write(&frame.bytes[frame.written..])?;
            if count == 0 {
                break;
            }
            frame.written += count;
            self.bytes.set(self.bytes.get() - count);
            if frame.written == frame.bytes.len() {
                frames.pop_front();
            }
        }
        self.taken.notify_waiters();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flush(outbox: &Outbox, mut room: usize) -> Vec<u8> {
        let mut out = Vec::new();
        let written: Result<(), ()> = outbox.flush(|bytes| {
            let count = bytes.len().min(room);
            room -= count;
            out.extend_from_slice(&bytes[..count]);
            Ok(count)
        });
        written.unwrap();
        out
    }

    #[test]
    fn forgets_a_stream_but_never_tears_a_frame() {
        let outbox = Outbox::default();
        outbox.push_data(1, b"begun");
        outbox.push_data(1, b"waiting");
        outbox.push_data(2, b"other");
        let begun = flush(&outbox, 3);
        outbox.forget(1);
        let rest = flush(&outbox, usize::MAX);
        let expected = [encode(FrameType::Data, 1, b"begun"), encode(FrameType::Data, 2, b"other")].concat();
        assert_eq!([begun, rest].concat(), expected);
        assert_eq!(outbox.bytes.get(), 0);
    }

    #[test]
    fn a_flood_is_a_violation() {
        let outbox = Outbox::default();
        assert_eq!(outbox.check_flood(), Ok(()));
        outbox.push_control(FrameType::Rst, 1, &[0; 1000]);
        assert_eq!(outbox.check_flood(), Ok(()));
        for _ in 0..FLOODED_BYTES / 1000 {
            outbox.push_control(FrameType::Rst, 1, &[0; 1000]);
        }
        assert!(outbox.check_flood().is_err());
    }
}
