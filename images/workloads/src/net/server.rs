use std::{
    io,
    net::{TcpListener, TcpStream},
    process::ExitCode,
    thread,
};

use crate::Outcome;

/// Says where it listens, and serves clients from then on.
pub fn run<Served: Send + 'static>(
    server: io::Result<TcpListener>,
    port: u16,
    answer: fn(TcpStream) -> io::Result<Served>,
) -> Outcome {
    let server = server.map_err(|error| format!("cannot listen on port {port}: {error}"))?;
    println!("listening on {port}");
    serve(&server, answer).map(|()| ExitCode::SUCCESS).map_err(|error| format!("cannot accept: {error}"))
}

/// Answers each client in a thread of its own. One that goes away is its own affair.
pub fn serve<Served: Send + 'static>(
    server: &TcpListener,
    answer: fn(TcpStream) -> io::Result<Served>,
) -> io::Result<()> {
    for client in server.incoming() {
        let client = client?;
        thread::spawn(move || answer(client));
    }
    Ok(())
}
