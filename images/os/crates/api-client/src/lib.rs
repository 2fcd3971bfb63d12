//! A blocking HTTP/1.1 client for the host API's unix socket, for programs that make a few calls and exit.

use serde_json::Value;
use std::{
    error::Error,
    fmt,
    io::{self, Read, Write},
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    time::Duration,
};

/// A call may wait for the server to start, since systemd holds the socket open before it.
const DEADLINE: Duration = Duration::from_secs(60);
/// More than any answer of the host API: the settings store holds at most 4 MiB.
const MAX_ANSWER_BYTES: u64 = 16 << 20;
const MAX_HEADERS: usize = 32;
/// Of a call in a message: a query may hold thousands of keys.
const SHOWN_CHARACTERS: usize = 200;

#[derive(Debug)]
pub struct Response {
    pub status: u16,
    /// The content type, as sent.
    pub content_type: String,
    pub body: Vec<u8>,
}

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
        parse(&bytes).map_err(fail)
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
        let mut stream = UnixStream::connect(&self.socket)?;
        stream.set_read_timeout(Some(DEADLINE))?;
        stream.set_write_timeout(Some(DEADLINE))?;
        let length = body.len();
        let head = format!(
            "{method} {target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n"
        );
        stream.write_all(head.as_bytes())?;
        stream.write_all(body)?;
        let mut answer = Vec::new();
        stream.take(MAX_ANSWER_BYTES).read_to_end(&mut answer)?;
        Ok(answer)
    }
}

impl Response {
    /// # Errors
    /// When the status is not 2xx: the status and the body's text.
    pub fn success(self) -> Result<Self, String> {
        if (200..300).contains(&self.status) { Ok(self) } else { Err(format!("{}: {}", self.status, self.text())) }
    }

    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// `connection: close` was asked for, so the body runs to the end; its length, if told, must agree.
fn parse(bytes: &[u8]) -> Result<Response, String> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut head = httparse::Response::new(&mut headers);
    let parsed = head.parse(bytes).map_err(|error| format!("the answer is not HTTP/1.1: {error}"))?;
    let httparse::Status::Complete(body_start) = parsed else {
        return Err(format!("the answer ended within its head, after {} bytes", bytes.len()));
    };
    let header = |name: &str| {
        let found = head.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
        found.and_then(|header| std::str::from_utf8(header.value).ok()).unwrap_or_default().to_owned()
    };
    if !header("transfer-encoding").is_empty() {
        return Err(format!("transfer-encoding {:?} is not supported", header("transfer-encoding")));
    }
    let body = bytes[body_start..].to_vec();
    match header("content-length").parse::<usize>() {
        Ok(length) if length != body.len() => Err(format!("the answer has {} of {length} bytes", body.len())),
        _ => Ok(Response { status: head.code.unwrap_or_default(), content_type: header("content-type"), body }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_answer() {
        let answer =
            parse(b"HTTP/1.1 422 X\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nno").expect("whole");
        assert_eq!((answer.status, answer.content_type.as_str()), (422, "text/plain"));
        assert_eq!(answer.success().expect_err("not 2xx"), "422: no");
    }

    #[test]
    fn half_an_answer_is_none() {
        for bad in ["", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nab", "SSH-2.0-x\r\n\r\n"] {
            assert!(parse(bad.as_bytes()).is_err(), "{bad:?}");
        }
        assert!(parse(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n").is_err());
    }
}
