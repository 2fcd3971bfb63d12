//! What a container does on the network.

pub mod connect;
pub mod echo;
pub mod http;
pub mod server;
