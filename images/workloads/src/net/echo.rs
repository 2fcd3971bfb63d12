use std::{
    io,
    net::{Ipv4Addr, TcpListener, TcpStream},
};

use super::server;
use crate::{Outcome, arguments::Arguments};

const DEFAULT_PORT: u16 = 7;

/// Sends back what it gets, for as long as a client keeps its connection.
pub fn run(arguments: &Arguments) -> Outcome {
    let port: u16 = arguments.number_or(0, DEFAULT_PORT)?;
    server::run(TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)), port, echo)
}

pub fn echo(client: TcpStream) -> io::Result<u64> {
    client.set_nodelay(true)?;
    io::copy(&mut &client, &mut &client)
}
