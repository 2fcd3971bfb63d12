//! Commands in host containers, from a client's WebSocket to the calls of containerd.

mod client;
mod commands;
mod containerd;
mod ends;
mod hostile;
mod messages;
mod program;
