//! One GET request.

use crate::http::connection::connect;
use crate::http::error::FetchError;
use crate::http::proxy::Proxy;
use crate::http::redirect;
use crate::http::roots::Roots;
use http_body_util::Empty;
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::header::{HOST, RANGE};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use std::fmt;
use url::{Position, Url};

/// By which way servers are reached, and what they are verified by.
pub struct Client {
    pub proxy: Option<Proxy>,
    pub roots: Roots,
}

impl Client {
    /// Asks for `url` from byte `position` on, and follows where the server redirects to.
    pub async fn get(&self, url: &Url, position: u64) -> Result<Response<Incoming>, FetchError> {
        let mut url = url.clone();
        for _ in 0..=redirect::LIMIT {
            let response = self.send(&url, position).await?;
            match redirect::target(&url, &response).map_err(FetchError::Fatal)? {
                Some(next) => url = next,
                None => return Ok(response),
            }
        }
        Err(FetchError::Fatal(format!("redirected more than {} times, the last time to {url}", redirect::LIMIT)))
    }

    async fn send(&self, url: &Url, position: u64) -> Result<Response<Incoming>, FetchError> {
        let stream = connect(self, url).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(FetchError::broken)?;
        // Its errors reach whoever reads the body.
        tokio::spawn(connection);
        let mut request = Request::get(&url[Position::BeforePath..Position::AfterQuery])
            .header(HOST, &url[Position::BeforeHost..Position::AfterPort]);
        if position > 0 {
            request = request.header(RANGE, format!("bytes={position}-"));
        }
        let request = request.body(Empty::<Bytes>::new()).map_err(FetchError::fatal)?;
        sender.send_request(request).await.map_err(FetchError::broken)
    }
}

/// Shows no part of the proxy's address, which may hold a password.
impl fmt::Debug for Client {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Client").field("roots", &self.roots).finish_non_exhaustive()
    }
}
