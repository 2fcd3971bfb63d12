//! How files are fetched: over HTTP or HTTPS, directly or through a proxy, and to their end although connections break.

mod body;
mod certificate;
mod client;
mod connection;
mod error;
mod exclusions;
mod proxy;
mod redirect;
mod roots;
mod transport;

pub use client::Client;
pub use proxy::Proxy;
pub use roots::Roots;
pub use transport::HttpTransport;
