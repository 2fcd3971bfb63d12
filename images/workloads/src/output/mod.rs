//! What a container prints.

pub mod counter;
pub mod flood;
