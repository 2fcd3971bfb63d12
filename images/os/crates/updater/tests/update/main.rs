//! The program itself: a signed repository on a real HTTP server, an image file as the disk. One program, so that it is
//! linked once.

mod disk;
mod hostile;
mod image;
mod interrupted;
mod machine;
mod refused;
mod repository;
mod server;
mod updating;
