use crate::{answer, app::App, body, query::Query, router};
use http_body_util::Full;
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use std::{cell::Cell, convert::Infallible, io, rc::Rc, time::Duration};
use tokio::{
    net::UnixListener,
    signal::unix::{SignalKind, signal},
    time::{Instant, sleep},
};

/// Out of descriptors, `accept` fails at once again and again; connections need a moment to end.
const PAUSE_AFTER_FAILED_ACCEPT: Duration = Duration::from_millis(100);
/// How long requests may still take once the server is told to stop. The one for a reboot is always among them.
const LAST_REQUESTS: Duration = Duration::from_secs(2);
const PAUSE_WHILE_STOPPING: Duration = Duration::from_millis(20);

/// How many requests wait for their answer.
#[derive(Clone, Default)]
struct InFlight(Rc<Cell<usize>>);

/// Serves every connection until SIGTERM, and then those requests that have begun.
pub async fn serve(listener: UnixListener, app: Rc<App>) -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let in_flight = InFlight::default();
    let accepting = tokio::task::spawn_local(accept_forever(listener, app, in_flight.clone()));
    terminate.recv().await;
    accepting.abort();
    let start = Instant::now();
    // At least once, so that an answer which is ready gets out.
    loop {
        sleep(PAUSE_WHILE_STOPPING).await;
        if in_flight.0.get() == 0 || start.elapsed() > LAST_REQUESTS {
            return Ok(());
        }
    }
}

async fn accept_forever(listener: UnixListener, app: Rc<App>, in_flight: InFlight) -> Infallible {
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => TokioIo::new(stream),
            Err(error) => {
                eprintln!("Unable to accept a connection: {error}");
                sleep(PAUSE_AFTER_FAILED_ACCEPT).await;
                continue;
            }
        };
        let (app, in_flight) = (Rc::clone(&app), in_flight.clone());
        tokio::task::spawn_local(async move {
            let service = service_fn(|request| answer(request, &app, &in_flight));
            // A client that goes away in mid-request ends its connection; nobody is left to tell.
            let _ = http1::Builder::new().serve_connection(stream, service).await;
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    app: &App,
    in_flight: &InFlight,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let _counted = in_flight.count();
    let (head, body) = request.into_parts();
    let outcome = match body::read(body).await {
        Ok(body) => router::route(app, &head.method, head.uri.path(), &Query::parse(head.uri.query()), &body).await,
        Err(error) => Err(error),
    };
    Ok(answer::to_response(outcome))
}

impl InFlight {
    /// Counts one more until what is returned is dropped, also when the client goes away in between.
    fn count(&self) -> impl Drop + use<> {
        struct Counted(Rc<Cell<usize>>);
        impl Drop for Counted {
            fn drop(&mut self) {
                self.0.set(self.0.get() - 1);
            }
        }
        self.0.set(self.0.get() + 1);
        Counted(Rc::clone(&self.0))
    }
}
