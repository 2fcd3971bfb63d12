//! Which containers and commands run when.

mod apply;
mod bootstrap;
mod commands;
mod once;
mod systemctl;

pub use apply::apply;
pub use bootstrap::run_all;
pub use commands::run_commands;
pub use once::has_succeeded;
