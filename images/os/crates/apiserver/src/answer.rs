use crate::error::ApiError;
use hyper::{
    Response, StatusCode,
    header::{ALLOW, CONNECTION, CONTENT_TYPE, HeaderValue, SEC_WEBSOCKET_ACCEPT, UPGRADE},
};
use serde::Serialize;

/// What a handler found: the body of a 200, or nothing for a 204.
#[derive(Debug)]
pub enum Answer {
    Json(Vec<u8>),
    NoContent,
    /// The connection becomes a WebSocket: 101, with the answer to the client's key.
    WebSocket {
        accept: String,
    },
}

impl Answer {
    pub fn json(value: &impl Serialize) -> Result<Self, ApiError> {
        serde_json::to_vec(value).map(Self::Json).map_err(ApiError::BadJson)
    }
}

fn response(status: StatusCode, content_type: &'static str, body: Vec<u8>) -> Response<Vec<u8>> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

pub fn to_response(outcome: Result<Answer, ApiError>) -> Response<Vec<u8>> {
    match outcome {
        Ok(Answer::Json(body)) => response(StatusCode::OK, "application/json", body),
        Ok(Answer::NoContent) => {
            let mut response = Response::new(Vec::new());
            *response.status_mut() = StatusCode::NO_CONTENT;
            response
        }
        Ok(Answer::WebSocket { accept }) => {
            let mut response = Response::new(Vec::new());
            *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
            let headers = response.headers_mut();
            headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
            headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
            headers.insert(SEC_WEBSOCKET_ACCEPT, HeaderValue::try_from(accept).expect("it is base64"));
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
