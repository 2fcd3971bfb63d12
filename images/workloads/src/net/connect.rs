use std::{
    io::{self, Write},
    net::{Shutdown, TcpStream, ToSocketAddrs},
    process::ExitCode,
    time::Duration,
};

use crate::{Outcome, arguments::Arguments};

const PATIENCE: Duration = Duration::from_secs(10);

/// Connects by TCP, sends a text if there is one, and prints what comes.
pub fn run(arguments: &Arguments) -> Outcome {
    let host = arguments.text(0)?;
    let port: u16 = arguments.number(1)?;
    let text = arguments.all().get(2).map_or("", String::as_str);
    talk(host, port, text).map_err(|error| format!("{host}:{port}: {error}"))?;
    Ok(ExitCode::SUCCESS)
}

fn talk(host: &str, port: u16, text: &str) -> io::Result<()> {
    let mut failure = io::Error::other("the name has no address");
    for address in (host, port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, PATIENCE) {
            Ok(stream) => return exchange(stream, text),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

fn exchange(mut stream: TcpStream, text: &str) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(text.as_bytes())?;
    stream.shutdown(Shutdown::Write)?;
    io::copy(&mut stream, &mut io::stdout())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{io::Read, net::TcpListener, thread};

    #[test]
    fn a_server_gets_the_text_and_its_end() {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = server.local_addr().unwrap().port();
        let got = thread::spawn(move || {
            let mut text = String::new();
            server.accept().unwrap().0.read_to_string(&mut text).unwrap();
            text
        });
        talk("127.0.0.1", port, "hello").unwrap();
        assert_eq!(got.join().unwrap(), "hello");
    }
}
