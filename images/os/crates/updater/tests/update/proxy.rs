//! A proxy that connects to whatever it is asked for.

use std::io::{self, BufRead, BufReader, Write, copy};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::spawn;

pub struct Proxy {
    pub address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// One that answers `refusal` in place of connecting, if there is one.
    pub fn start(refusal: Option<&'static str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("bound");
        let address = listener.local_addr().expect("an address");
        let heads = Arc::default();
        let kept = Arc::clone(&heads);
        // Ends with the process of the test: it waits for connections that nobody makes.
        spawn(move || {
            for stream in listener.incoming().flatten() {
                let kept = Arc::clone(&kept);
                spawn(move || relay(stream, &kept, refusal));
            }
        });
        Self { address, heads }
    }

    /// What it was asked, each with its headers in lower case.
    pub fn heads(&self) -> Vec<String> {
        self.heads.lock().expect("unbroken").clone()
    }
}

fn relay(mut client: TcpStream, heads: &Mutex<Vec<String>>, refusal: Option<&str>) -> io::Result<()> {
    let mut reader = BufReader::new(client.try_clone()?);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head)? > 0 {}
    let target = head.split(' ').nth(1).unwrap_or_default().to_owned();
    heads.lock().expect("unbroken").push(head);
    if let Some(refusal) = refusal {
        return write!(client, "HTTP/1.1 {refusal}\r\ncontent-length: 0\r\n\r\n");
    }
    let mut server = TcpStream::connect(target)?;
    write!(client, "HTTP/1.1 200 Connected\r\n\r\n")?;
    let (mut from_server, mut to_client) = (server.try_clone()?, client.try_clone()?);
    spawn(move || {
        let _ = copy(&mut from_server, &mut to_client);
        to_client.shutdown(Shutdown::Both)
    });
    copy(&mut reader, &mut server)?;
    server.shutdown(Shutdown::Write)
}
