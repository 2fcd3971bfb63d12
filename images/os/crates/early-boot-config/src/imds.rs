//! A client of EC2's instance metadata service, version 2: every question shows a token, which is asked for first.
//! <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html>

use crate::decode::MAX_BYTES;
use api_client::http::{Request, Response, exchange, parse};
use std::{
    cell::RefCell,
    net::TcpStream,
    thread::sleep,
    time::{Duration, Instant},
};

/// As long as upstream asks. The network comes up meanwhile.
const PATIENCE: Duration = Duration::from_secs(300);
const PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// Of one call: to connect is over in no time or never, and an answer is some kilobytes.
const CALL: Duration = Duration::from_secs(10);
/// An answer's head, at most.
const MAX_HEAD_BYTES: u64 = 16 << 10;
const TOKEN: &str = "x-aws-ec2-metadata-token";
const TOKEN_TTL: &str = "x-aws-ec2-metadata-token-ttl-seconds";
const TTL_SECONDS: &str = "60";
/// More than any token has; one is a header of every further question.
const MAX_TOKEN_BYTES: usize = 1024;

pub struct Imds {
    /// Host and port.
    address: String,
    patience: Duration,
    token: RefCell<Option<String>>,
}

/// Why there is no answer yet.
enum Failure {
    /// May be another the next time.
    Passing(String),
    Final(String),
}

use Failure::{Final, Passing};

impl Imds {
    pub fn at(address: String) -> Self {
        Self { address, patience: PATIENCE, token: RefCell::default() }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address.strip_suffix(":80").unwrap_or(&self.address))
    }

    /// What is at the path; none if there is nothing. Asks again while the network or the service is not up.
    ///
    /// # Errors
    /// When there is no answer in 300 s, or a refusal.
    pub fn get(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        let end = Instant::now() + self.patience;
        let mut pause = PAUSE;
        loop {
            let reason = match self.get_once(path) {
                Ok(found) => return Ok(found),
                Err(Final(reason)) => return Err(reason),
                Err(Passing(reason)) => reason,
            };
            if Instant::now() + pause > end {
                return Err(format!("no answer within {} s: {reason}", self.patience.as_secs()));
            }
            sleep(pause);
            pause = (2 * pause).min(LONGEST_PAUSE);
        }
    }

    fn get_once(&self, path: &str) -> Result<Option<Vec<u8>>, Failure> {
        let known = self.token.borrow().clone();
        let token = match known {
            Some(token) => token,
            None => self.new_token()?,
        };
        let answer = self.call("GET", path, (TOKEN, &token))?;
        *self.token.borrow_mut() = Some(token);
        match answer.status {
            200 => Ok(Some(answer.body)),
            404 => Ok(None),
            401 => {
                // It has expired, or the service has been started anew.
                *self.token.borrow_mut() = None;
                Err(Passing("the token is not valid (401)".into()))
            }
            _ => Err(refusal(&answer)),
        }
    }

    fn new_token(&self) -> Result<String, Failure> {
        let answer = self.call("PUT", "/latest/api/token", (TOKEN_TTL, TTL_SECONDS))?;
        if answer.status != 200 {
            return Err(refusal(&answer));
        }
        let token = answer.text();
        let fits =
            !token.is_empty() && token.len() <= MAX_TOKEN_BYTES && token.bytes().all(|byte| byte.is_ascii_graphic());
        if fits { Ok(token) } else { Err(Final("its token is none: not some printable characters".into())) }
    }

    fn call(&self, method: &str, target: &str, header: (&str, &str)) -> Result<Response, Failure> {
        let headers = [("host", self.address.as_str()), header];
        let request = Request { method, target, headers: &headers, body: b"" };
        let exchanged = self.connect().and_then(|stream| exchange(stream, &request, MAX_HEAD_BYTES + MAX_BYTES + 1));
        let bytes = exchanged.map_err(|error| Passing(error.to_string()))?;
        if bytes.len() as u64 > MAX_HEAD_BYTES + MAX_BYTES {
            return Err(Final(format!("it is larger than {MAX_BYTES} bytes")));
        }
        parse(&bytes).map_err(Passing)
    }

    fn connect(&self) -> std::io::Result<TcpStream> {
        let address = self.address.parse().map_err(std::io::Error::other)?;
        let stream = TcpStream::connect_timeout(&address, CALL)?;
        stream.set_read_timeout(Some(CALL))?;
        stream.set_write_timeout(Some(CALL))?;
        Ok(stream)
    }
}

/// 403 is how the service says that it is off; busy or broken it may not be for long.
fn refusal(answer: &Response) -> Failure {
    let reason = format!("it answers {}", answer.status);
    if answer.status == 429 || answer.status >= 500 { Passing(reason) } else { Final(reason) }
}

#[cfg(test)]
mod tests;
