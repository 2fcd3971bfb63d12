use crate::error::ApiError;
use http_body_util::Full;
use hyper::{
    Response, StatusCode,
    body::Bytes,
    header::{ALLOW, CONTENT_TYPE, HeaderValue},
};
use serde::Serialize;

/// What a handler found: the body of a 200, or nothing for a 204.
#[derive(Debug)]
pub enum Answer {
    Json(Vec<u8>),
    NoContent,
}

impl Answer {
    pub fn json(value: &impl Serialize) -> Result<Self, ApiError> {
        serde_json::to_vec(value).map(Self::Json).map_err(ApiError::BadJson)
    }
}

fn response(status: StatusCode, content_type: &'static str, body: Vec<u8>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

pub fn to_response(outcome: Result<Answer, ApiError>) -> Response<Full<Bytes>> {
    match outcome {
        Ok(Answer::Json(body)) => response(StatusCode::OK, "application/json", body),
        Ok(Answer::NoContent) => {
            let mut response = Response::new(Full::default());
            *response.status_mut() = StatusCode::NO_CONTENT;
            response
        }
        Err(error) => {
            let mut refused = response(error.status(), "text/plain; charset=utf-8", error.to_string().into_bytes());
            if let ApiError::WrongMethod { allowed, .. } = error {
                refused.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
            }
            refused
        }
    }
}
