//! The proxy behind which HTTPS servers are (`settings.network.https-proxy`). Plain HTTP goes past it, as upstream's
//! updater does, which hands the setting to its HTTP client as `HTTPS_PROXY` only.

use crate::http::connection::{Endpoint, Stream};
use crate::http::error::FetchError;
use crate::http::exclusions::Exclusions;
use base64::{Engine, prelude::BASE64_STANDARD};
use http_body_util::Empty;
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::{HOST, HeaderValue, PROXY_AUTHORIZATION};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use percent_encoding::percent_decode_str;
use url::Url;

pub struct Proxy {
    pub endpoint: Endpoint,
    /// Whether the proxy itself is talked to in TLS.
    pub is_secure: bool,
    authorization: Option<HeaderValue>,
    exclusions: Exclusions,
}

impl Proxy {
    /// # Errors
    /// When `address` is none of a proxy; the address is not quoted, as it may hold a password.
    pub fn parse(address: &str, exclusions: &[String]) -> Result<Self, String> {
        let refuse = |reason: &str| format!("settings.network.https-proxy (not shown, for its password): {reason}");
        let address = if address.contains("://") { address } else { &format!("http://{address}") };
        let url = Url::parse(address).map_err(|error| refuse(&error.to_string()))?;
        if !["http", "https"].contains(&url.scheme()) {
            return Err(refuse("proxies of other kinds than http:// and https:// are not supported"));
        }
        Ok(Self {
            endpoint: Endpoint::of(&url).map_err(|error| refuse(&error.to_string()))?,
            is_secure: url.scheme() == "https",
            authorization: authorization(&url).map_err(|reason| refuse(&reason))?,
            exclusions: Exclusions::new(exclusions),
        })
    }

    pub fn is_for(&self, server: &Endpoint) -> bool {
        !self.exclusions.contain(&server.host)
    }

    /// Has the proxy at the other end of `stream` connect to `server` (RFC 9110, section 9.3.6).
    pub async fn tunnel(&self, stream: Box<dyn Stream>, server: &Endpoint) -> Result<Box<dyn Stream>, FetchError> {
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(FetchError::broken)?;
        // Its errors reach whoever reads from the tunnel.
        tokio::spawn(connection.with_upgrades());
        let mut request = Request::connect(server.to_string()).header(HOST, server.to_string());
        if let Some(authorization) = &self.authorization {
            request = request.header(PROXY_AUTHORIZATION, authorization);
        }
        let request = request.body(Empty::<Bytes>::new()).map_err(FetchError::fatal)?;
        let response = sender.send_request(request).await.map_err(FetchError::broken)?;
        match response.status() {
            status if status.is_success() => {
                let upgraded = hyper::upgrade::on(response).await.map_err(FetchError::broken)?;
                Ok(Box::new(TokioIo::new(upgraded)))
            }
            StatusCode::PROXY_AUTHENTICATION_REQUIRED if self.authorization.is_some() => {
                Err(FetchError::Fatal("it refuses the user and password in settings.network.https-proxy".into()))
            }
            StatusCode::PROXY_AUTHENTICATION_REQUIRED => Err(FetchError::Fatal(
                "it demands a user and password: settings.network.https-proxy takes http://USER:PASSWORD@HOST:PORT"
                    .into(),
            )),
            // Whatever it is, it says nothing about the file: that this is missing could be an attack then.
            status => {
                let reason = format!("it answered {status} when asked for {server}");
                Err(if status.is_server_error() { FetchError::Broken(reason) } else { FetchError::Fatal(reason) })
            }
        }
    }
}

fn authorization(url: &Url) -> Result<Option<HeaderValue>, String> {
    if url.username().is_empty() && url.password().is_none() {
        return Ok(None);
    }
    let mut credentials = percent_decode_str(url.username()).collect::<Vec<_>>();
    credentials.push(b':');
    credentials.extend(percent_decode_str(url.password().unwrap_or_default()));
    let mut value = HeaderValue::try_from(format!("Basic {}", BASE64_STANDARD.encode(credentials)))
        .map_err(|_| "its user or password is too long".to_owned())?;
    value.set_sensitive(true);
    Ok(Some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(address: &str) -> Result<(String, bool, Option<HeaderValue>), String> {
        Proxy::parse(address, &[]).map(|proxy| (proxy.endpoint.to_string(), proxy.is_secure, proxy.authorization))
    }

    #[test]
    fn an_address_needs_no_scheme_and_may_hold_credentials() {
        let basic = |text| Some(HeaderValue::from_static(text));
        assert_eq!(parse("p.example:3128"), Ok(("p.example:3128".into(), false, None)));
        assert_eq!(parse("https://p.example"), Ok(("p.example:443".into(), true, None)));
        assert_eq!(parse("http://u:p%40ss@[::1]"), Ok(("[::1]:80".into(), false, basic("Basic dTpwQHNz"))));
    }

    #[test]
    fn a_refusal_does_not_show_the_address() {
        for (bad, reason) in [
            ("http://user:secret@p.example:all", "invalid port number"),
            ("socks5://user:secret@p.example", "other kinds than http:// and https://"),
        ] {
            let told = parse(bad).expect_err("refused");
            assert!(told.contains(reason) && !told.contains("secret"), "{told}");
        }
    }
}
