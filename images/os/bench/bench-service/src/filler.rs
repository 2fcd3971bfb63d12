use hyper::body::{Body, Bytes, Frame, SizeHint};
use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

static CHUNK: [u8; 64 * 1024] = [b'.'; 64 * 1024];

/// A body of so many bytes, which is nowhere in memory as a whole.
pub struct Filler(pub u64);

impl Body for Filler {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let length = self.0.min(CHUNK.len() as u64);
        self.0 -= length;
        let bytes = Bytes::from_static(&CHUNK[..length as usize]);
        Poll::Ready((length > 0).then_some(Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.0 == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;

    #[test]
    fn is_as_long_as_asked_for() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for length in [0, 1, 65_536, 65_537, 1_000_000] {
            let body = runtime.block_on(Filler(length).collect()).unwrap();
            assert_eq!(body.to_bytes().len() as u64, length);
        }
    }
}
