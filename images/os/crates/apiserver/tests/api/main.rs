//! The host API over its socket, as clients see it. One program, so that it is linked once.

mod connection;
mod image;
mod migration;
mod server;
mod settings;
mod transactions;
mod updates;
