//! One container, from its image to its end.

mod connection;
mod image;
mod output;
mod registry;
mod remove;
mod run;
mod user_data;

pub use remove::remove;
pub use run::{Ending, run};
