//! The TUF repository of this machine's updates and live patches: where it is, how it is fetched, what of it is trusted.
#![forbid(unsafe_code)]

mod causes;
mod config;
mod http;
pub mod lock;
mod places;
mod repository;
mod trust;

pub use config::{Config, VersionLock};
pub use places::Places;
pub use repository::{Offer, Repository};
