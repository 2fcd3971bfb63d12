use super::{
    memory::{OWN_BYTES, Share},
    place::PATIENCE,
};
use crate::error::ApiError;
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use tokio::time::timeout;

/// Upstream's settings fit many times; a larger body is a mistake.
pub const MAX_BYTES: usize = 1 << 20;

/// # Errors
/// When the body is too large, does not end in time, or breaks off, or the memory is full.
pub async fn read(body: Incoming, share: &mut Share) -> Result<Vec<u8>, ApiError> {
    timeout(PATIENCE, read_to_end(body, share)).await.unwrap_or(Err(ApiError::BodyLate { limit: PATIENCE }))
}

/// Reads a body to its end even when it is refused, keeping nothing then: a client that still writes would lose the
/// answer to a closed connection.
async fn read_to_end(mut body: Incoming, share: &mut Share) -> Result<Vec<u8>, ApiError> {
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(MAX_BYTES);
    let mut read = Vec::with_capacity(announced.min(OWN_BYTES));
    let mut refusal = None;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(ApiError::BodyBroken)?;
        let data = frame.data_ref().map_or(&[][..], |data| data);
        let length = read.len() + data.len();
        if refusal.is_none() && length > MAX_BYTES {
            refusal = Some(ApiError::BodyTooLarge { limit: MAX_BYTES });
        } else if refusal.is_none() && !share.grow_to(length) {
            refusal = Some(ApiError::Busy);
        }
        if refusal.is_some() {
            read = Vec::new();
        } else {
            read.extend_from_slice(data);
        }
    }
    refusal.map_or(Ok(read), Err)
}
