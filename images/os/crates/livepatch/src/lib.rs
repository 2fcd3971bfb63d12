//! Live patches of the running kernel (README.md, "What a live patch goes through").
#![forbid(unsafe_code)]

mod atomic_file;
pub mod catalog;
pub mod command;
mod failure;
pub mod kernel;
mod manager;
mod module;
mod modules;
mod places;
mod record;
mod settings;
mod status;
mod stop;

pub use command::Command;
pub use failure::Failure;
pub use kernel::{Kernel, RunningKernel};
pub use manager::{Done, Machine, Patience, run};
pub use places::Places;
pub use stop::Stop;
