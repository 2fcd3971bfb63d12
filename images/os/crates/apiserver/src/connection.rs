use crate::{answer, app::App, error::ApiError, query::Query, router};
use http_body_util::{BodyExt, Full};
use hyper::{
    Request, Response,
    body::{Body, Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use std::{convert::Infallible, error::Error, rc::Rc, time::Duration};
use tokio::net::UnixListener;

/// Upstream's settings fit many times; a larger body is a mistake.
pub const MAX_BODY_BYTES: usize = 1 << 20;
/// Out of descriptors, `accept` fails at once again and again; connections need a moment to end.
const PAUSE_AFTER_FAILED_ACCEPT: Duration = Duration::from_millis(100);

pub async fn accept_forever(listener: UnixListener, app: Rc<App>) -> Result<(), Box<dyn Error>> {
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => TokioIo::new(stream),
            Err(error) => {
                eprintln!("Unable to accept a connection: {error}");
                tokio::time::sleep(PAUSE_AFTER_FAILED_ACCEPT).await;
                continue;
            }
        };
        let app = Rc::clone(&app);
        tokio::task::spawn_local(async move {
            let service = service_fn(|request| serve(request, Rc::clone(&app)));
            // A client that goes away in mid-request ends its connection; nobody is left to tell.
            let _ = http1::Builder::new().serve_connection(stream, service).await;
        });
    }
}

async fn serve(request: Request<Incoming>, app: Rc<App>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let outcome = match read_body(body).await {
        Ok(body) => router::route(&app, &head.method, head.uri.path(), &Query::parse(head.uri.query()), &body).await,
        Err(error) => Err(error),
    };
    Ok(answer::to_response(outcome))
}

/// Reads to the end even when it is too long, keeping nothing then: a client that still writes would lose the answer
/// to a closed connection.
async fn read_body(mut body: Incoming) -> Result<Vec<u8>, ApiError> {
    let mut read = Vec::with_capacity(body.size_hint().lower().min(MAX_BODY_BYTES as u64) as usize);
    let mut too_large = false;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(ApiError::BodyBroken)?;
        let data = frame.data_ref().map_or(&[][..], |data| data);
        too_large |= read.len() + data.len() > MAX_BODY_BYTES;
        if too_large {
            read = Vec::new();
        } else {
            read.extend_from_slice(data);
        }
    }
    if too_large { Err(ApiError::BodyTooLarge { limit: MAX_BODY_BYTES }) } else { Ok(read) }
}
