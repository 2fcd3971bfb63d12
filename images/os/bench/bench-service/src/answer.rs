use crate::{clock, filler::Filler, unit};
use http_body_util::BodyExt;
use hyper::{Method, Request, Response, StatusCode, body::Incoming};
use std::{
    borrow::Cow,
    fs::{self, File},
    io::{self, Write},
};

/// About what a small answer of the host API has.
const PING_BYTES: u64 = 100;

/// Where the DATA partition is mounted.
const WRITTEN: &str = "/local/bench-written";

/// `GET /ping`, `GET /down?bytes=N`, `POST /up`, which tells in `x-received` how many bytes came, and `POST /write?bytes=N`,
/// which answers when so many are on the disk for good. `POST /restart?unit=U` and `POST /kill?unit=U` end a service, the
/// way an administrator does and the way a crash does. `POST /clock?seconds=N` steps the clock, back if N is negative.
pub async fn answer(request: Request<Incoming>) -> Result<Response<Filler>, hyper::Error> {
    match (request.method(), request.uri().path()) {
        (&Method::GET, "/ping") => Ok(Response::new(Filler(PING_BYTES))),
        (&Method::GET, "/down") => Ok(match wanted_bytes(request.uri().query()) {
            Some(bytes) => Response::new(Filler(bytes)),
            None => empty(StatusCode::BAD_REQUEST),
        }),
        (&Method::POST, "/up") => {
            let mut answer = Response::new(Filler(0));
            answer.headers_mut().insert("x-received", drain(request.into_body()).await?.into());
            Ok(answer)
        }
        (&Method::POST, "/write") => Ok(match wanted_bytes(request.uri().query()).map(write) {
            Some(Ok(())) => empty(StatusCode::NO_CONTENT),
            Some(Err(_)) => empty(StatusCode::INSUFFICIENT_STORAGE),
            None => empty(StatusCode::BAD_REQUEST),
        }),
        (&Method::POST, "/restart") => Ok(empty(end_unit(&request, unit::restart))),
        (&Method::POST, "/kill") => Ok(empty(end_unit(&request, unit::kill))),
        (&Method::POST, "/clock") => Ok(empty(step_clock(request.uri().query()))),
        _ => Ok(empty(StatusCode::NOT_FOUND)),
    }
}

fn empty(status: StatusCode) -> Response<Filler> {
    let mut answer = Response::new(Filler(0));
    *answer.status_mut() = status;
    answer
}

fn end_unit(request: &Request<Incoming>, end: fn(&str) -> io::Result<()>) -> StatusCode {
    match parameter(request.uri().query(), "unit").map(|unit| end(&unit)) {
        Some(Ok(())) => StatusCode::NO_CONTENT,
        Some(Err(error)) => {
            eprintln!("{error}");
            StatusCode::INTERNAL_SERVER_ERROR
        }
        None => StatusCode::BAD_REQUEST,
    }
}

fn step_clock(query: Option<&str>) -> StatusCode {
    match parameter(query, "seconds").and_then(|seconds| seconds.parse().ok()).map(clock::step) {
        Some(Ok(())) => StatusCode::NO_CONTENT,
        Some(Err(error)) => {
            eprintln!("{error}");
            StatusCode::INTERNAL_SERVER_ERROR
        }
        None => StatusCode::BAD_REQUEST,
    }
}

fn wanted_bytes(query: Option<&str>) -> Option<u64> {
    parameter(query, "bytes")?.parse().ok()
}

fn parameter<'a>(query: Option<&'a str>, wanted: &str) -> Option<Cow<'a, str>> {
    form_urlencoded::parse(query?.as_bytes()).find(|(name, _)| name == wanted).map(|(_, value)| value)
}

/// As `dd conv=fsync` does, in pieces of a megabyte.
fn write(bytes: u64) -> io::Result<()> {
    let piece = vec![b'.'; 1 << 20];
    let mut file = File::create(WRITTEN)?;
    let mut left = bytes;
    while left > 0 {
        let length = left.min(piece.len() as u64);
        file.write_all(&piece[..length as usize])?;
        left -= length;
    }
    file.sync_all()?;
    fs::remove_file(WRITTEN)
}

async fn drain(mut body: Incoming) -> Result<u64, hyper::Error> {
    let mut received = 0;
    while let Some(frame) = body.frame().await {
        received += frame?.data_ref().map_or(0, |bytes| bytes.len() as u64);
    }
    Ok(received)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_number_is_a_length() {
        assert_eq!(wanted_bytes(Some("bytes=52428800")), Some(52_428_800));
        assert_eq!(wanted_bytes(Some("bytes=-1")), None);
        assert_eq!(wanted_bytes(Some("n=1")), None);
        assert_eq!(wanted_bytes(None), None);
    }
}
