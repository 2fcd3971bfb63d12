use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::{
    future::Future,
    io,
    path::Path,
    pin::Pin,
    task::{Context, Poll},
};
use tokio::net::UnixStream;
use tonic::body::Body;
use tower_service::Service;

/// One HTTP/2 connection, as tonic calls through it. tonic has a channel of its own, which balances load and connects anew;
/// it would double the number of crates, and a program that has lost containerd has to begin again anyway.
#[derive(Clone)]
pub struct Channel(SendRequest<Body>);

impl Channel {
    /// Must be called within a tokio runtime: the connection is driven by a task of its own, and ends with the last clone.
    pub async fn connect(socket: &Path) -> io::Result<Self> {
        let stream = UnixStream::connect(socket).await?;
        let (sender, connection) =
            handshake(TokioExecutor::new(), TokioIo::new(stream)).await.map_err(io::Error::other)?;
        // How it ends is told by the calls that it fails.
        tokio::spawn(connection);
        Ok(Self(sender))
    }
}

impl Service<http::Request<Body>> for Channel {
    type Response = http::Response<hyper::body::Incoming>;
    type Error = hyper::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        Box::pin(self.0.send_request(request))
    }
}
