//! A blocking HTTP/1.1 client for the host API's unix socket, for programs that make a few calls and exit.

pub mod http;

use http::{Request, Response};
use serde_json::Value;
use std::{
    error::Error,
    fmt, io,
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    time::Duration,
};

/// A call may wait for the server to start, since systemd holds the socket open before it.
const DEADLINE: Duration = Duration::from_secs(60);
/// More than any answer of the host API: the settings store holds at most 4 MiB.
const MAX_ANSWER_BYTES: u64 = 16 << 20;
/// Of a call in a message: a query may hold thousands of keys.
const SHOWN_CHARACTERS: usize = 200;

#[derive(Debug)]
pub struct ClientError {
    call: String,
    socket: PathBuf,
    reason: String,
}

impl fmt::Display for ClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {}: {}", self.call, self.socket.display(), self.reason)
    }
}

impl Error for ClientError {}

pub struct Client {
    socket: PathBuf,
}

impl Client {
    #[must_use]
    pub fn new(socket: &Path) -> Self {
        Self { socket: socket.to_owned() }
    }

    /// One call on a connection of its own; any status is an answer. `target` is a path with its query, already encoded.
    ///
    /// # Errors
    /// When the socket cannot be reached, the deadline of 60 s passes, or the answer is not whole.
    pub fn call(&self, method: &str, target: &str, body: &[u8]) -> Result<Response, ClientError> {
        let fail = |reason: String| self.error(method, target, reason);
        let bytes = self.exchange(method, target, body).map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock => fail(format!("no answer within {} s", DEADLINE.as_secs())),
            _ => fail(error.to_string()),
        })?;
        http::parse(&bytes).map_err(fail)
    }

    /// Like [`Self::call`], for calls that must succeed and answer with JSON.
    ///
    /// # Errors
    /// As `call` does, and when the status is not 2xx or the body is not JSON; the server's words are in the message.
    pub fn get(&self, target: &str) -> Result<Value, ClientError> {
        let fail = |reason: String| self.error("GET", target, reason);
        let body = self.call("GET", target, b"")?.success().map_err(fail)?.body;
        serde_json::from_slice(&body).map_err(|error| fail(format!("the answer is not JSON: {error}")))
    }

    fn error(&self, method: &str, target: &str, reason: String) -> ClientError {
        let shown: String = target.chars().take(SHOWN_CHARACTERS).collect();
        ClientError { call: format!("{method} {shown}"), socket: self.socket.clone(), reason }
    }

    fn exchange(&self, method: &str, target: &str, body: &[u8]) -> io::Result<Vec<u8>> {
        let stream = UnixStream::connect(&self.socket)?;
        stream.set_read_timeout(Some(DEADLINE))?;
        stream.set_write_timeout(Some(DEADLINE))?;
        let headers = [("host", "localhost"), ("content-type", "application/json")];
        http::exchange(stream, &Request { method, target, headers: &headers, body }, MAX_ANSWER_BYTES)
    }
}
