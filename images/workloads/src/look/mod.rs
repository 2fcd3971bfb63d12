//! What a container sees: there is no other program in it to ask.

pub mod cat;
pub mod env;
pub mod event_descriptor;
pub mod ls;
pub mod write;
