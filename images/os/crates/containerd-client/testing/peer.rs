//! A containerd that answers by a script, on a real socket.

use http_body_util::{BodyExt, Full};
use hyper::{
    HeaderMap, Request, Response,
    body::{Body, Bytes, Incoming},
    server::conn::http2,
    service::service_fn,
};
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::{
    convert::Infallible,
    future::pending,
    path::Path,
    sync::{Arc, Mutex},
    thread,
};

pub enum Reply {
    /// Messages; a call with one answer has one.
    Messages(Vec<Vec<u8>>),
    /// A gRPC status code and its message.
    Refusal(u8, &'static str),
    Never,
}

pub const NOT_FOUND: u8 = 5;

impl Reply {
    pub fn message(bytes: &[u8]) -> Self {
        Self::Messages(vec![bytes.to_vec()])
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Like `Tasks/Start`.
    pub name: String,
    pub namespace: String,
    pub message: Vec<u8>,
}

/// What it was asked, in order.
pub type Calls = Arc<Mutex<Vec<Call>>>;

/// Serves until the test's process ends.
pub fn serve(socket: &Path, script: impl Fn(&str, &[u8]) -> Reply + Send + Sync + 'static) -> Calls {
    let calls = Calls::default();
    let listener = std::os::unix::net::UnixListener::bind(socket).expect("a socket");
    listener.set_nonblocking(true).expect("set");
    let (seen, script) = (calls.clone(), Arc::new(script));
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async move {
            let listener = tokio::net::UnixListener::from_std(listener).expect("a listener");
            while let Ok((stream, _)) = listener.accept().await {
                let (seen, script) = (seen.clone(), script.clone());
                let answer = service_fn(move |request| answer(request, seen.clone(), script.clone()));
                let connection = http2::Builder::new(TokioExecutor::new());
                tokio::spawn(connection.serve_connection(TokioIo::new(stream), answer));
            }
        });
    });
    calls
}

async fn answer(
    request: Request<Incoming>,
    calls: Calls,
    script: Arc<impl Fn(&str, &[u8]) -> Reply>,
) -> Result<Response<impl Body<Data = Bytes, Error = Infallible>>, Infallible> {
    let name = request.uri().path().rsplit('.').next().unwrap_or_default().to_owned();
    let namespace = request.headers().get("containerd-namespace").map(|value| value.to_str().unwrap_or_default());
    let namespace = namespace.unwrap_or_default().to_owned();
    let body = request.into_body().collect().await.expect("a whole request").to_bytes();
    // Five bytes before it: not compressed, and its length.
    let message = body.get(5..).unwrap_or_default().to_vec();
    calls.lock().expect("no panic").push(Call { name: name.clone(), namespace, message: message.clone() });
    let (messages, status, words) = match script(&name, &message) {
        Reply::Messages(messages) => (messages, 0, ""),
        Reply::Refusal(status, words) => (Vec::new(), status, words),
        Reply::Never => pending().await,
    };
    let framed = messages.iter().flat_map(|message| {
        let length = u32::try_from(message.len()).expect("short").to_be_bytes();
        [&[0][..], &length, message].concat()
    });
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", u16::from(status).into());
    trailers.insert("grpc-message", words.parse().expect("a header"));
    let body = Full::new(framed.collect::<Bytes>()).with_trailers(async { Some(Ok(trailers)) });
    Ok(Response::builder().header("content-type", "application/grpc").body(body).expect("a response"))
}
