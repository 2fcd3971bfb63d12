//! The protocol's bytes, as docs/bridge-protocol.md has them.

pub mod decoder;
pub mod frame;
mod magic;
