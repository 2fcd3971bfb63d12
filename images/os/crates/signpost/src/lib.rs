//! Which slot boots next: read and changed by the command, and by the updater.
#![forbid(unsafe_code)]

mod actions;
mod block_disk;
mod target;

pub use actions::{Action, Refused};
pub use target::{Target, TargetError};
