pub mod containers;
pub mod content;
pub mod exec;
pub mod images;
pub mod snapshots;
pub mod tasks;
