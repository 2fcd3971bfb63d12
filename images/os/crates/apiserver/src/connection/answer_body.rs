use super::{
    memory::Share,
    place::{Phase, Place},
};
use hyper::body::{Body, Bytes, Frame, SizeHint};
use std::{
    convert::Infallible,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};
use tokio::time::Instant;

const CHUNK_BYTES: usize = 64 << 10;

/// An answer on its way to the client. hyper asks for a piece when it has room for one, so this lives until all but the
/// last pieces are taken.
pub struct AnswerBody {
    bytes: Vec<u8>,
    sent: usize,
    place: Rc<Place>,
    _share: Share,
}

impl AnswerBody {
    pub fn new(bytes: Vec<u8>, place: Rc<Place>, share: Share) -> Self {
        place.set(Phase::Answer(Instant::now()));
        Self { bytes, sent: 0, place, _share: share }
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        // A copy: a piece that is waiting to be written must not keep the whole.
        let piece = self.bytes[self.sent..].chunks(CHUNK_BYTES).next().map(Bytes::copy_from_slice);
        self.sent += piece.as_ref().map_or(0, Bytes::len);
        Poll::Ready(piece.map(|piece| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.sent == self.bytes.len()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact((self.bytes.len() - self.sent) as u64)
    }
}

impl Drop for AnswerBody {
    fn drop(&mut self) {
        self.place.set(Phase::Head(Instant::now()));
    }
}
