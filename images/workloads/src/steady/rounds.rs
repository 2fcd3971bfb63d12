use std::{
    io::{self, Read, Write},
    net::TcpStream,
    time::Duration,
};

/// What is done over and over.
pub struct Round {
    pub act: Box<dyn FnMut() -> io::Result<()>>,
    /// From the end of one to the begin of the next; it is part of every pause. With less of it, an emulated machine has
    /// no time for anything else.
    pub rest: Duration,
}

const REST_OF_TIMER: Duration = Duration::from_millis(10);
const REST_OF_NETWORK: Duration = Duration::from_millis(50);

const PATIENCE: Duration = Duration::from_secs(60);

/// Nothing but the rest between two rounds.
pub fn timer() -> Round {
    Round { act: Box::new(|| Ok(())), rest: REST_OF_TIMER }
}

/// A request on a connection of its own.
pub fn http(host: &str, port: u16) -> io::Result<Round> {
    let host = host.to_owned();
    let act = move || get(&host, port);
    act()?;
    Ok(Round { act: Box::new(act), rest: REST_OF_NETWORK })
}

/// Some bytes there and back on one connection, which must last.
pub fn tcp(host: &str, port: u16) -> io::Result<Round> {
    let mut stream = TcpStream::connect((host, port))?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut count = 0_u64;
    let mut act = move || {
        count += 1;
        let sent = count.to_be_bytes();
        let mut got = [0; 8];
        stream.write_all(&sent)?;
        stream.read_exact(&mut got)?;
        if got == sent { Ok(()) } else { Err(io::Error::other(format!("sent {sent:?}, got {got:?}"))) }
    };
    act()?;
    Ok(Round { act: Box::new(act), rest: REST_OF_NETWORK })
}

fn get(host: &str, port: u16) -> io::Result<()> {
    let mut stream = TcpStream::connect((host, port))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(b"GET / HTTP/1.1\r\nhost: steady\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    if answer.starts_with("HTTP/1.1 200 ") { Ok(()) } else { Err(io::Error::other(format!("answered {answer:?}"))) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::{echo::echo, http::answer, server};
    use std::{net::TcpListener, thread};

    fn served(serve: fn(&TcpListener) -> io::Result<()>) -> u16 {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = server.local_addr().unwrap().port();
        thread::spawn(move || serve(&server));
        port
    }

    #[test]
    fn rounds_go_on_where_the_server_does() {
        let echo_port = served(|clients| server::serve(clients, echo));
        let http_port = served(|clients| server::serve(clients, answer));
        for mut round in [tcp("127.0.0.1", echo_port).unwrap(), http("127.0.0.1", http_port).unwrap(), timer()] {
            for _ in 0..3 {
                (round.act)().unwrap();
            }
        }
    }

    #[test]
    fn a_connection_that_ends_fails_its_round() {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = server.local_addr().unwrap().port();
        let once = thread::spawn(move || {
            let mut client = server.accept().unwrap().0;
            let mut bytes = [0; 8];
            client.read_exact(&mut bytes).unwrap();
            client.write_all(&bytes).unwrap();
        });
        let mut round = tcp("127.0.0.1", port).unwrap();
        once.join().unwrap();
        assert!((round.act)().is_err());
    }

    #[test]
    fn another_answer_than_what_was_sent_fails() {
        let port = served(|server| {
            for client in server.incoming() {
                client?.write_all(&[7; 8])?;
            }
            Ok(())
        });
        assert!(tcp("127.0.0.1", port).is_err());
    }
}
