//! One HTTP/1.1 call on a connection of its own, whatever the connection is.

use std::{
    io::{self, Read, Write},
    ops::Range,
};

const MAX_HEADERS: usize = 32;
const SUCCESS: Range<u16> = 200..300;

pub struct Request<'a> {
    pub method: &'a str,
    /// A path with its query, already encoded.
    pub target: &'a str,
    /// Among them `host`. Length and `connection` are added.
    pub headers: &'a [(&'a str, &'a str)],
    pub body: &'a [u8],
}

#[derive(Debug)]
pub struct Response {
    pub status: u16,
    /// The content type, as sent.
    pub content_type: String,
    pub body: Vec<u8>,
}

/// Sends the request and reads to the end, for [`parse`]; of an answer of more than `max_bytes`, only these.
///
/// # Errors
/// Those of the connection, its timeouts included.
pub fn exchange(mut stream: impl Read + Write, request: &Request<'_>, max_bytes: u64) -> io::Result<Vec<u8>> {
    let Request { method, target, headers, body } = request;
    let length = body.len();
    let mut head = format!("{method} {target} HTTP/1.1\r\nconnection: close\r\ncontent-length: {length}\r\n");
    for (name, value) in *headers {
        head.extend([name, ": ", value, "\r\n"]);
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)?;
    let mut answer = Vec::new();
    stream.take(max_bytes).read_to_end(&mut answer)?;
    Ok(answer)
}

impl Response {
    /// # Errors
    /// When the status is not 2xx: the status and the body's text.
    pub fn success(self) -> Result<Self, String> {
        if SUCCESS.contains(&self.status) { Ok(self) } else { Err(format!("{}: {}", self.status, self.text())) }
    }

    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// `connection: close` was asked for, so the body runs to the end; its length, if told, must agree.
///
/// # Errors
/// When the answer is not HTTP/1.1, not whole, or in chunks.
pub fn parse(bytes: &[u8]) -> Result<Response, String> {
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
