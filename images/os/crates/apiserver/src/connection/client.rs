use super::{
    InFlight,
    answer_body::AnswerBody,
    body,
    memory::Memory,
    place::{Phase, Place},
};
use crate::{
    answer::{self, Answer},
    app::App,
    error::ApiError,
    query::Query,
    router,
};
use hyper::{Request, Response, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use std::{convert::Infallible, rc::Rc};
use tokio::{net::UnixStream, time::Instant};

/// Of each direction. The longest head is a request line of 64 KiB, which is the most that hyper takes, and its headers.
const MAX_BUFFERED_BYTES: usize = 96 << 10;

/// One connection.
pub struct Client {
    app: Rc<App>,
    memory: Memory,
    place: Rc<Place>,
    in_flight: InFlight,
}

impl Client {
    pub fn new(app: &Rc<App>, memory: &Memory, place: Place, in_flight: &InFlight) -> Self {
        let (app, memory, in_flight) = (Rc::clone(app), memory.clone(), in_flight.clone());
        Self { app, memory, place: Rc::new(place), in_flight }
    }

    pub async fn serve(self, stream: UnixStream) {
        let service = service_fn(|request| self.answer(request));
        let connection =
            http1::Builder::new().max_buf_size(MAX_BUFFERED_BYTES).serve_connection(TokioIo::new(stream), service);
        let connection = connection.with_upgrades();
        tokio::select! {
            // What has come in counts, however late the server gets to read it.
            biased;
            // A client that goes away in mid-request ends its connection; nobody is left to tell.
            _ = connection => {}
            () = self.place.over() => {}
        }
    }

    async fn answer(&self, request: Request<Incoming>) -> Result<Response<AnswerBody>, Infallible> {
        let _counted = self.in_flight.count();
        let outcome = self.handle(request).await;
        let (head, bytes) = answer::to_response(outcome).into_parts();
        let mut share = self.memory.share();
        let (head, bytes) = if share.grow_to(bytes.len()) {
            (head, bytes)
        } else {
            answer::to_response(Err(ApiError::Busy)).into_parts()
        };
        Ok(Response::from_parts(head, AnswerBody::new(bytes, Rc::clone(&self.place), share)))
    }

    async fn handle(&self, request: Request<Incoming>) -> Result<Answer, ApiError> {
        if router::is_exec(request.method(), request.uri().path()) {
            return self.app.exec.accept(request).map(|accept| Answer::WebSocket { accept });
        }
        let (head, body) = request.into_parts();
        self.place.set(Phase::Body(Instant::now()));
        let mut share = self.memory.share();
        let body = body::read(body, &mut share).await?;
        self.place.set(Phase::Handling);
        router::route(&self.app, &head.method, head.uri.path(), &Query::parse(head.uri.query()), &body).await
    }
}
