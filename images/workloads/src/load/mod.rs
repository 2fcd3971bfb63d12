//! What a container uses up.

pub mod cpu;
pub mod disk_io;
pub mod fork_bomb;
pub mod memory;
