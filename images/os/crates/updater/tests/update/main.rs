//! The program itself: a signed repository on a real HTTP server, an image file as the disk. One program, so that it is
//! linked once.

mod authority;
mod disk;
mod hostile;
mod https;
mod image;
mod interrupted;
mod machine;
mod proxied;
mod proxy;
mod recalled;
mod redirected;
mod refused;
mod repository;
mod server;
mod trust;
mod updating;
