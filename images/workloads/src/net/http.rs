use std::{
    env, fs,
    io::{self, BufRead, BufReader, Write},
    net::{Ipv6Addr, TcpListener, TcpStream},
};

use super::server;
use crate::{Outcome, arguments::Arguments, json};

const DEFAULT_PORT: u16 = 8080;

/// Answers every request with its path, the host's name and the environment, as JSON.
pub fn run(arguments: &Arguments) -> Outcome {
    let port: u16 = arguments.number_or(0, DEFAULT_PORT)?;
    // Of both families, where the kernel's own default says so; else of the one that there is.
    let server = TcpListener::bind((Ipv6Addr::UNSPECIFIED, port)).or_else(|_| TcpListener::bind(("0.0.0.0", port)));
    server::run(server, port, answer)
}

pub fn answer(mut client: TcpStream) -> io::Result<()> {
    let mut lines = BufReader::new(client.try_clone()?).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    let path = request.split(' ').nth(1).unwrap_or_default();
    let body = describe(path);
    write!(
        client,
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

fn describe(path: &str) -> String {
    let hostname = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let variables: Vec<(String, String)> = env::vars_os()
        .map(|(name, value)| (name.display().to_string(), json::quoted(&value.display().to_string())))
        .collect();
    json::object([
        ("path", json::quoted(path)),
        ("hostname", json::quoted(hostname.trim())),
        ("environment", json::object(variables.iter().map(|(name, value)| (name.as_str(), value.clone())))),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{io::Read, thread};

    #[test]
    fn a_client_gets_the_path_that_it_asked_for() {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = server.local_addr().unwrap();
        thread::spawn(move || answer(server.accept().unwrap().0));
        let mut client = TcpStream::connect(address).unwrap();
        client.write_all(b"GET /x?y HTTP/1.1\r\nhost: z\r\n\r\n").unwrap();
        let mut text = String::new();
        client.read_to_string(&mut text).unwrap();
        assert!(text.starts_with("HTTP/1.1 200 OK\r\n"), "{text}");
        assert!(text.contains(r#"{"path":"/x?y","hostname":""#), "{text}");
    }
}
