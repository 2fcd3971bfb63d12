use std::{cell::Cell, rc::Rc};

/// What bodies and answers of all connections hold together: several of the largest answers, of 4 MiB each.
const TOTAL_BYTES: usize = 16 << 20;
/// What each connection has beside that, so that a call of a usual size never meets a full memory.
pub const OWN_BYTES: usize = 64 << 10;

/// The memory for bodies that have not been handled and for answers that have not been taken.
#[derive(Clone)]
pub struct Memory {
    left: Rc<Cell<usize>>,
}

impl Default for Memory {
    fn default() -> Self {
        Self { left: Rc::new(Cell::new(TOTAL_BYTES)) }
    }
}

/// A part of the memory, given back when it is dropped.
pub struct Share {
    bytes: usize,
    memory: Memory,
}

impl Memory {
    pub fn share(&self) -> Share {
        Share { bytes: 0, memory: self.clone() }
    }
}

impl Share {
    /// Makes room for `bytes` in all; false if there is none.
    #[must_use]
    pub fn grow_to(&mut self, bytes: usize) -> bool {
        let more = bytes.saturating_sub(OWN_BYTES).saturating_sub(self.bytes);
        let left = self.memory.left.get().checked_sub(more);
        left.inspect(|left| {
            self.memory.left.set(*left);
            self.bytes += more;
        })
        .is_some()
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.memory.left.set(self.memory.left.get() + self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_memory_refuses_what_is_large_until_something_is_given_back() {
        let memory = Memory::default();
        let (mut one, mut other) = (memory.share(), memory.share());
        assert!(one.grow_to(TOTAL_BYTES));
        assert!(one.grow_to(TOTAL_BYTES + OWN_BYTES));
        assert!(other.grow_to(OWN_BYTES) && !other.grow_to(OWN_BYTES + 1));
        drop(one);
        assert!(other.grow_to(OWN_BYTES + 1));
        drop(other);
        assert_eq!(memory.left.get(), TOTAL_BYTES);
    }
}
