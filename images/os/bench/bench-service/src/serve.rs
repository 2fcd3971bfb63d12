use crate::answer;
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use std::io;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, UnixListener},
};

pub async fn unix(listener: UnixListener) -> io::Result<()> {
    loop {
        connection(listener.accept().await?.0);
    }
}

pub async fn tcp(listener: TcpListener) -> io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        // Small answers are measured: none of them may wait for company.
        stream.set_nodelay(true)?;
        connection(stream);
    }
}

fn connection(stream: impl AsyncRead + AsyncWrite + Unpin + 'static) {
    tokio::task::spawn_local(async move {
        // A client that goes away ends its connection; nobody is left to tell.
        let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(answer::answer)).await;
    });
}
