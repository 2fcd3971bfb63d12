//! The guest's end of `npm run bench -- api` and `update`, and what ends services where a suite proves that the others go
//! on: the same HTTP on a unix socket, to which the bridge leads, and on TCP. Never part of a production image.

mod answer;
mod clock;
mod filler;
mod serve;
mod unit;

use std::{fs, io, net::Ipv4Addr, process::ExitCode};
use tokio::net::{TcpListener, UnixListener};

const SOCKET: &str = "/run/bench.sock";
/// scripts/bench/api-machine.ts forwards a port of the host to it.
const TCP_PORT: u16 = 7777;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    tokio::task::LocalSet::new().block_on(&runtime, async {
        // Left by a predecessor; without one there is nothing to remove.
        let _ = fs::remove_file(SOCKET);
        let unix = UnixListener::bind(SOCKET)?;
        let tcp = TcpListener::bind((Ipv4Addr::UNSPECIFIED, TCP_PORT)).await?;
        tokio::task::spawn_local(serve::tcp(tcp));
        serve::unix(unix).await
    })
}
