//! A partition's contents out of their lz4 frame (lz4, doc/lz4_Frame_format.md), as they come.

use lz4_flex::frame::{Error, FrameDecoder};
use std::io::{self, Read};

pub struct ImageReader<R: Read> {
    decoder: FrameDecoder<R>,
    room: u64,
    left: u64,
}

impl<R: Read> ImageReader<R> {
    /// More than `room` bytes of contents are an error.
    pub fn new(compressed: R, room: u64) -> Self {
        Self { decoder: FrameDecoder::new(compressed), room, left: room }
    }
}

impl<R: Read> Read for ImageReader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.decoder.read(into).map_err(explain)?;
        if length == 0 && !into.is_empty() && self.decoder.get_mut().read(&mut [0])? > 0 {
            return Err(io::Error::other("something follows after the lz4 frame; one frame is allowed"));
        }
        let left = self.left.checked_sub(length as u64);
        self.left = left.ok_or_else(|| {
            io::Error::other(format!("it holds more than the {} bytes that there is room for", self.room))
        })?;
        Ok(length)
    }
}

/// The library's own words are for who programs with it.
fn explain(error: io::Error) -> io::Error {
    match error.get_ref().and_then(|inner| inner.downcast_ref()) {
        Some(Error::WrongMagicNumber) => io::Error::other("not an lz4 frame"),
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lz4_flex::frame::FrameEncoder;
    use std::io::Write;

    fn compress(contents: &[u8]) -> Vec<u8> {
        let mut encoder = FrameEncoder::new(Vec::new());
        encoder.write_all(contents).expect("written");
        encoder.finish().expect("a frame")
    }

    fn read(frame: &[u8], room: u64) -> Result<Vec<u8>, String> {
        let mut contents = Vec::new();
        ImageReader::new(frame, room).read_to_end(&mut contents).map_err(|error| error.to_string())?;
        Ok(contents)
    }

    #[test]
    fn half_a_frame_or_more_than_one_is_refused() {
        let frame = compress(&[7; 100_000]);
        assert_eq!(read(&frame, 100_000).expect("whole"), [7; 100_000]);
        assert!(read(&frame[..frame.len() / 2], 100_000).is_err());
        assert!(
            read(&[&frame[..], &frame[..]].concat(), 100_000).expect_err("refused").contains("one frame is allowed")
        );
    }

    #[test]
    fn more_than_there_is_room_for_is_refused() {
        let frame = compress(&[7; 100]);
        assert_eq!(read(&frame, 99).expect_err("refused"), "it holds more than the 99 bytes that there is room for");
    }

    #[test]
    fn what_is_no_frame_is_refused() {
        assert_eq!(read(b"PK\x03\x04..........", 9).expect_err("refused"), "not an lz4 frame");
    }
}
