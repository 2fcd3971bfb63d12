//! A connection to a server: through the proxy where one is set, in TLS where the address says so.

use crate::http::certificate;
use crate::http::client::Client;
use crate::http::error::FetchError;
use crate::http::proxy::Proxy;
use rustls::pki_types::ServerName;
use std::fmt;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use url::Url;

pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// Where a server or proxy listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// A name, or an address without the brackets that those of version 6 have in a URL.
    pub host: String,
    pub port: u16,
}

impl Endpoint {
    pub fn of(url: &Url) -> Result<Self, FetchError> {
        let host = url.host_str().ok_or_else(|| FetchError::Fatal("the address has no host".into()))?;
        let port = url.port_or_known_default().ok_or_else(|| FetchError::Fatal("the address has no port".into()))?;
        Ok(Self { host: host.trim_start_matches('[').trim_end_matches(']').into(), port })
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port } = self;
        if host.contains(':') { write!(out, "[{host}]:{port}") } else { write!(out, "{host}:{port}") }
    }
}

pub async fn connect(client: &Client, url: &Url) -> Result<Box<dyn Stream>, FetchError> {
    let server = Endpoint::of(url)?;
    if url.scheme() != "https" {
        return tcp(&server).await;
    }
    let stream = match client.proxy.as_ref().filter(|proxy| proxy.is_for(&server)) {
        Some(proxy) => {
            let tunnel = tunnel(client, proxy, &server).await;
            tunnel.map_err(|error| error.of(&format_args!("the proxy {}", proxy.endpoint)))?
        }
        None => tcp(&server).await?,
    };
    tls(client, stream, &server.host).await
}

async fn tunnel(client: &Client, proxy: &Proxy, server: &Endpoint) -> Result<Box<dyn Stream>, FetchError> {
    let mut stream = tcp(&proxy.endpoint).await?;
    if proxy.is_secure {
        stream = tls(client, stream, &proxy.endpoint.host).await?;
    }
    proxy.tunnel(stream, server).await
}

async fn tcp(to: &Endpoint) -> Result<Box<dyn Stream>, FetchError> {
    let stream = TcpStream::connect((to.host.as_str(), to.port)).await.map_err(FetchError::broken)?;
    Ok(Box::new(stream))
}

async fn tls(client: &Client, stream: Box<dyn Stream>, host: &str) -> Result<Box<dyn Stream>, FetchError> {
    let name = ServerName::try_from(host.to_owned())
        .map_err(|_| FetchError::Fatal(format!("{host:?} is no name that a certificate could be for")))?;
    let connector = client.roots.connector().map_err(FetchError::Fatal)?;
    let stream = connector.connect(name, stream).await.map_err(|error| certificate::explain(&error, host))?;
    Ok(Box::new(stream))
}
