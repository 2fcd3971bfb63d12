//! One module for each family of paths.

pub mod actions;
pub mod image;
pub mod livepatches;
pub mod model;
pub mod os;
pub mod settings;
pub mod transactions;
pub mod updates;
