//! One GET request and its body.

use http_body_util::{BodyExt, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::header::{CONTENT_RANGE, HOST, RANGE};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use std::fmt;
use tokio::net::TcpStream;
use url::{Position, Url};

#[derive(Debug)]
pub enum FetchError {
    /// The server does not have it.
    Missing(String),
    /// It may go better another time.
    Broken(String),
    Fatal(String),
}

/// The part of a file from some position on.
pub struct Body {
    incoming: Incoming,
    /// Bytes at the beginning that nobody asked for.
    skip: u64,
}

impl Body {
    /// Asks for `url` from byte `position` on. Servers that don't know ranges send it whole, and it is skipped here.
    pub async fn open(url: &Url, position: u64) -> Result<Self, FetchError> {
        let response = request(url, position).await?;
        let status = response.status();
        let skip = match status {
            StatusCode::OK => position,
            StatusCode::PARTIAL_CONTENT if position > 0 && begins_at(&response, position) => 0,
            // Some services answer with 403 where there is nothing (as tough's own transport has it).
            StatusCode::NOT_FOUND | StatusCode::FORBIDDEN | StatusCode::GONE => {
                return Err(FetchError::Missing(format!("the server answered {status}")));
            }
            _ if status.is_server_error() => return Err(FetchError::Broken(format!("the server answered {status}"))),
            _ => return Err(FetchError::Fatal(format!("the server answered {status}, expected 200 OK"))),
        };
        Ok(Self { incoming: response.into_body(), skip })
    }

    /// The next bytes; none at the end.
    pub async fn next(&mut self) -> Result<Option<Bytes>, FetchError> {
        while let Some(frame) = self.incoming.frame().await {
            let mut data = frame.map_err(broken)?.into_data().unwrap_or_default();
            let skipped = self.skip.min(data.len() as u64);
            self.skip -= skipped;
            let rest = data.split_off(skipped as usize);
            if !rest.is_empty() {
                return Ok(Some(rest));
            }
        }
        Ok(None)
    }
}

async fn request(url: &Url, position: u64) -> Result<Response<Incoming>, FetchError> {
    let host = url.host_str().ok_or_else(|| FetchError::Fatal("the address has no host".into()))?;
    let port = url.port_or_known_default().ok_or_else(|| FetchError::Fatal("the address has no port".into()))?;
    // As addresses of version 6 stand in brackets in a URL only.
    let name = host.trim_start_matches('[').trim_end_matches(']');
    let stream = TcpStream::connect((name, port)).await.map_err(broken)?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(broken)?;
    // Its errors reach whoever reads the body.
    tokio::spawn(connection);
    let mut request = Request::get(&url[Position::BeforePath..Position::AfterQuery])
        .header(HOST, &url[Position::BeforeHost..Position::AfterPort]);
    if position > 0 {
        request = request.header(RANGE, format!("bytes={position}-"));
    }
    let request = request.body(Empty::<Bytes>::new()).map_err(|error| FetchError::Fatal(error.to_string()))?;
    sender.send_request(request).await.map_err(broken)
}

fn begins_at(response: &Response<Incoming>, position: u64) -> bool {
    let range = response.headers().get(CONTENT_RANGE).and_then(|range| range.to_str().ok());
    range.is_some_and(|range| range.starts_with(&format!("bytes {position}-")))
}

fn broken(error: impl std::error::Error) -> FetchError {
    let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
    FetchError::Broken(format!("{error}{cause}"))
}

impl fmt::Display for FetchError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Missing(reason) | Self::Broken(reason) | Self::Fatal(reason)) = self;
        out.write_str(reason)
    }
}
