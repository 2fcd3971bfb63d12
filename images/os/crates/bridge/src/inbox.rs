//! What the host has sent to one stream and its service has not taken yet. It holds bytes, not frames: a frame costs what it
//! carries, which the window limits, and an empty one nothing.

use std::cell::{Cell, RefCell};
use std::mem;

use tokio::sync::Notify;

#[derive(Default)]
pub struct Inbox {
    bytes: RefCell<Vec<u8>>,
    ended: Cell<bool>,
    changed: Notify,
}

impl Inbox {
    pub fn push(&self, bytes: &[u8]) {
        self.bytes.borrow_mut().extend_from_slice(bytes);
        self.changed.notify_one();
    }

    /// False if it had ended before.
    pub fn end(&self) -> bool {
        self.changed.notify_one();
        !self.ended.replace(true)
    }

    pub fn has_ended(&self) -> bool {
        self.ended.get()
    }

    /// The next bytes, at most so many, once there are some; none after the end.
    pub async fn take(&self, limit: usize) -> Option<Vec<u8>> {
        loop {
            let taken = self.take_present(limit);
            if !taken.is_empty() {
                return Some(taken);
            }
            if self.ended.get() {
                return None;
            }
            self.changed.notified().await;
        }
    }

    fn take_present(&self, limit: usize) -> Vec<u8> {
        let mut bytes = self.bytes.borrow_mut();
        let end = bytes.len().min(limit);
        let rest = bytes.split_off(end);
        mem::replace(&mut bytes, rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::frame::WINDOW_BYTES;

    fn run<T>(step: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(step)
    }

    #[test]
    fn small_frames_take_no_more_than_a_window_and_empty_ones_nothing() {
        let inbox = Inbox::default();
        for _ in 0..1_000_000 {
            inbox.push(&[]);
        }
        assert_eq!(inbox.bytes.borrow().capacity(), 0);
        for _ in 0..WINDOW_BYTES {
            inbox.push(&[1]);
        }
        assert!(inbox.bytes.borrow().capacity() <= 2 * WINDOW_BYTES);
    }

    #[test]
    fn bytes_are_taken_in_order_and_then_the_end() {
        let inbox = Inbox::default();
        inbox.push(b"abc");
        inbox.push(b"de");
        assert!(inbox.end() && !inbox.end() && inbox.has_ended());
        assert_eq!(run(inbox.take(2)).as_deref(), Some(&b"ab"[..]));
        assert_eq!(run(inbox.take(9)).as_deref(), Some(&b"cde"[..]));
        assert_eq!(run(inbox.take(9)), None);
    }
}
