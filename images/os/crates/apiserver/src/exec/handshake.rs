use crate::error::ApiError;
use hyper::{
    Request,
    header::{CONNECTION, HeaderName, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE},
};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

/// The answer to the client's key, when the request begins a WebSocket (RFC 6455, section 4.2.1).
pub fn accept<T>(request: &Request<T>) -> Result<String, ApiError> {
    let header =
        |name: HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let lists = |name, wanted: &str| header(name).split(',').any(|item| item.trim().eq_ignore_ascii_case(wanted));
    let key = header(SEC_WEBSOCKET_KEY);
    if !lists(CONNECTION, "upgrade") || !lists(UPGRADE, "websocket") || key.is_empty() {
        return Err(ApiError::NotWebSocket("it takes a WebSocket: Connection: upgrade, Upgrade: websocket and a key"));
    }
    if header(SEC_WEBSOCKET_VERSION) != "13" {
        return Err(ApiError::NotWebSocket("it takes version 13 of WebSocket"));
    }
    Ok(derive_accept_key(key.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(headers: &[(&str, &str)]) -> Request<()> {
        let mut builder = Request::builder();
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        builder.body(()).expect("valid")
    }

    #[test]
    fn only_a_websocket_is_accepted() {
        // The example of RFC 6455, section 1.3.
        let whole = [
            ("connection", "keep-alive, Upgrade"),
            ("upgrade", "websocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ];
        assert_eq!(accept(&request(&whole)).expect("accepted"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        for missing in 0..whole.len() {
            let mut headers = whole.to_vec();
            headers.remove(missing);
            assert!(accept(&request(&headers)).is_err(), "without {:?}", whole[missing]);
        }
    }
}
