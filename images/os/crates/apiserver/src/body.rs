use crate::error::ApiError;
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};

/// Upstream's settings fit many times; a larger body is a mistake.
pub const MAX_BYTES: usize = 1 << 20;

/// Reads a body to its end even when it is too long, keeping nothing then: a client that still writes would lose the
/// answer to a closed connection.
pub async fn read(mut body: Incoming) -> Result<Vec<u8>, ApiError> {
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(MAX_BYTES);
    let mut read = Vec::with_capacity(announced.min(MAX_BYTES));
    let mut too_large = false;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(ApiError::BodyBroken)?;
        let data = frame.data_ref().map_or(&[][..], |data| data);
        too_large |= read.len() + data.len() > MAX_BYTES;
        if too_large {
            read = Vec::new();
        } else {
            read.extend_from_slice(data);
        }
    }
    if too_large { Err(ApiError::BodyTooLarge { limit: MAX_BYTES }) } else { Ok(read) }
}
