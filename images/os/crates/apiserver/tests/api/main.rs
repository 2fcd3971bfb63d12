//! The host API over its socket, as clients see it. One program, so that it is linked once.

mod connection;
mod exec;
mod hostile;
mod image;
mod livepatches;
mod migration;
mod secrets;
mod server;
mod settings;
mod transactions;
mod updates;
