//! Settings in the form of one version of the OS, brought to that of another, forward and back.
//!
//! What changed with which version is listed in the image (`defaults/migrations.toml`). An older version can't know what
//! a newer one changed, so the store carries the list of the version that wrote it, and with it the way back.

mod history;
mod migration;
mod operation;
mod path;
mod recorded;

pub use history::{History, MigrationError, Release};
pub use migration::{MAX_FILE_BYTES, Migrations};
