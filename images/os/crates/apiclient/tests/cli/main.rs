//! The real program, against a host API of the test's own on a real socket.

mod calls;
mod exec;
mod server;
mod usage;
