//! The body of an answer, from some byte on.

use crate::http::client::Client;
use crate::http::error::FetchError;
use http_body_util::BodyExt;
use hyper::body::{Bytes, Incoming};
use hyper::header::CONTENT_RANGE;
use hyper::{Response, StatusCode};
use url::Url;

/// The part of a file from some position on.
pub struct Body {
    incoming: Incoming,
    /// Bytes at the beginning that nobody asked for.
    skip: u64,
}

impl Body {
    /// Asks for `url` from byte `position` on. Servers that don't know ranges send it whole, and it is skipped here.
    pub async fn open(client: &Client, url: &Url, position: u64) -> Result<Self, FetchError> {
        let response = client.get(url, position).await?;
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
            let mut data = frame.map_err(FetchError::broken)?.into_data().unwrap_or_default();
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

fn begins_at(response: &Response<Incoming>, position: u64) -> bool {
    let range = response.headers().get(CONTENT_RANGE).and_then(|range| range.to_str().ok());
    range.is_some_and(|range| range.starts_with(&format!("bytes {position}-")))
}
