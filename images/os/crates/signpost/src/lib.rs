//! Which slot boots next: read and changed by the command, and by the updater.
#![forbid(unsafe_code)]

mod actions;
mod boot_counts;
mod target;

pub use actions::{Action, Refused};
pub use boot_counts::BootCounts;
pub use target::{Target, TargetError};
