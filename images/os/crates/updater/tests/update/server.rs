//! Serves a directory over HTTP/1.1 or HTTPS, and misbehaves where it is told to.

use percent_encoding::percent_decode_str;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread::{JoinHandle, spawn};

#[derive(Clone)]
pub enum Fault {
    /// An answer with this status and no body.
    Status(u16),
    /// A redirection to this address.
    Redirect(String),
    /// The connection ends after so many bytes of the body.
    CutAfter(usize),
    /// These bytes in the place of the file's.
    Instead(Vec<u8>),
}

#[derive(Clone)]
struct Rule {
    /// Part of the path.
    path: String,
    fault: Fault,
    times: usize,
}

#[derive(Default)]
struct Shared {
    rules: Mutex<Vec<Rule>>,
    /// Request line and range of each request.
    requests: Mutex<Vec<(String, Option<usize>)>>,
    ignore_ranges: Mutex<bool>,
    ended: Mutex<bool>,
}

pub struct Server {
    pub address: SocketAddr,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

impl Server {
    /// With a configuration of TLS, over HTTPS.
    pub fn start(directory: PathBuf, tls: Option<Arc<ServerConfig>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("bound");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared::default());
        let accepting = spawn({
            let shared = Arc::clone(&shared);
            move || {
                for stream in listener.incoming() {
                    if *shared.ended.lock().expect("unbroken") {
                        return;
                    }
                    // A client that goes away in the middle is what some tests are about.
                    let _ = stream.and_then(|stream| serve(stream, tls.as_ref(), &directory, &shared));
                }
            }
        });
        Self { address, shared, accepting: Some(accepting) }
    }

    /// The next `times` requests for a path with `path` in it get the fault.
    pub fn fail(&self, path: &str, fault: Fault, times: usize) {
        self.shared.rules.lock().expect("unbroken").push(Rule { path: path.into(), fault, times });
    }

    pub fn ignore_ranges(&self) {
        *self.shared.ignore_ranges.lock().expect("unbroken") = true;
    }

    /// Paths with queries, and from where on.
    pub fn requests(&self) -> Vec<(String, Option<usize>)> {
        self.shared.requests.lock().expect("unbroken").clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        *self.shared.ended.lock().expect("unbroken") = true;
        // Wakes the thread up.
        let _ = TcpStream::connect(self.address);
        self.accepting.take().expect("once").join().expect("no panic");
    }
}

fn serve(stream: TcpStream, tls: Option<&Arc<ServerConfig>>, directory: &Path, shared: &Shared) -> io::Result<()> {
    let Some(config) = tls else { return answer(stream, directory, shared) };
    let connection = ServerConnection::new(Arc::clone(config)).map_err(io::Error::other)?;
    answer(StreamOwned::new(connection, stream), directory, shared)
}

fn answer(mut stream: impl Read + Write, directory: &Path, shared: &Shared) -> io::Result<()> {
    let mut lines = BufReader::new(&mut stream).lines();
    let line = lines.next().ok_or(io::ErrorKind::UnexpectedEof)??;
    let target = line.split(' ').nth(1).ok_or(io::ErrorKind::InvalidData)?.to_owned();
    let mut from = None;
    for header in lines {
        let header = header?.to_lowercase();
        if header.is_empty() {
            break;
        }
        let range = header.strip_prefix("range: bytes=").and_then(|range| range.strip_suffix('-')?.parse().ok());
        from = range.or(from);
    }
    shared.requests.lock().expect("unbroken").push((target.clone(), from));
    let path = &decode(target.split('?').next().expect("one part"));
    let fault = shared.fault(path);
    let file = match &fault {
        Some(Fault::Instead(bytes)) => Some(bytes.clone()),
        _ => fs::read(directory.join(path.trim_start_matches('/'))).ok(),
    };
    let from = from.filter(|_| !*shared.ignore_ranges.lock().expect("unbroken"));
    let (head, body) = match (&fault, file, from) {
        (Some(Fault::Status(status)), ..) => (format!("{status} Told To"), vec![]),
        (Some(Fault::Redirect(to)), ..) => (format!("302 Found\r\nlocation: {to}"), vec![]),
        (_, None, _) => ("404 Not Found".into(), vec![]),
        (_, Some(file), None) => ("200 OK".into(), file),
        (_, Some(file), Some(from)) => {
            let (last, all) = (file.len() - 1, file.len());
            (format!("206 Partial Content\r\ncontent-range: bytes {from}-{last}/{all}"), file[from..].to_vec())
        }
    };
    write!(stream, "HTTP/1.1 {head}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len())?;
    let cut = if let Some(Fault::CutAfter(bytes)) = fault { bytes.min(body.len()) } else { body.len() };
    stream.write_all(&body[..cut])?;
    stream.flush()
}

fn decode(path: &str) -> String {
    percent_decode_str(path).decode_utf8_lossy().into_owned()
}

impl Shared {
    fn fault(&self, path: &str) -> Option<Fault> {
        let mut rules = self.rules.lock().expect("unbroken");
        let rule = rules.iter_mut().find(|rule| rule.times > 0 && path.contains(&rule.path))?;
        rule.times -= 1;
        Some(rule.fault.clone())
    }
}
