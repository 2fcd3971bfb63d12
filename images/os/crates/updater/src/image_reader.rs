//! A partition's contents out of their lz4 frame (lz4, doc/lz4_Frame_format.md), as they come.

use lz4_flex::frame::FrameDecoder;
use std::io::{self, Read};

const MAGIC: [u8; 4] = [0x04, 0x22, 0x4d, 0x18];
/// In the byte after the magic number: eight bytes with the size of the contents follow after the next byte.
const HAS_CONTENT_SIZE: u8 = 1 << 3;

pub struct ImageReader<R: Read> {
    decoder: FrameDecoder<R>,
}

impl<R: Read> ImageReader<R> {
    pub fn new(compressed: R) -> Self {
        Self { decoder: FrameDecoder::new(compressed) }
    }
}

impl<R: Read> Read for ImageReader<R> {
    /// At the end of the frame, reads the source to its end too: only there it tells whether all of it was genuine.
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.decoder.read(into)?;
        if length == 0 && !into.is_empty() && self.decoder.get_mut().read(&mut [0])? > 0 {
            return Err(io::Error::other("something follows after the lz4 frame; one frame is allowed"));
        }
        Ok(length)
    }
}

/// The size of the contents in bytes, if the frame's header tells.
pub fn announced_size(mut compressed: impl Read) -> io::Result<Option<u64>> {
    let mut header = [0; 6];
    compressed.read_exact(&mut header)?;
    if header[..4] != MAGIC {
        return Err(io::Error::other("not an lz4 frame"));
    }
    if header[4] & HAS_CONTENT_SIZE == 0 {
        return Ok(None);
    }
    let mut size = [0; 8];
    compressed.read_exact(&mut size)?;
    Ok(Some(u64::from_le_bytes(size)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use lz4_flex::frame::{FrameEncoder, FrameInfo};
    use std::io::Write;

    fn compress(contents: &[u8], size: Option<u64>) -> Vec<u8> {
        let mut encoder = FrameEncoder::with_frame_info(FrameInfo::new().content_size(size), Vec::new());
        encoder.write_all(contents).expect("written");
        encoder.finish().expect("a frame")
    }

    fn read(frame: &[u8]) -> io::Result<Vec<u8>> {
        let mut contents = Vec::new();
        ImageReader::new(frame).read_to_end(&mut contents)?;
        Ok(contents)
    }

    #[test]
    fn the_header_tells_the_size_or_not() {
        assert_eq!(announced_size(&compress(b"abc", Some(3))[..]).expect("a frame"), Some(3));
        assert_eq!(announced_size(&compress(b"abc", None)[..]).expect("a frame"), None);
        assert!(announced_size(&b"PK\x03\x04.."[..]).is_err() && announced_size(&MAGIC[..]).is_err());
    }

    #[test]
    fn half_a_frame_or_more_than_one_is_refused() {
        let frame = compress(&[7; 100_000], None);
        assert_eq!(read(&frame).expect("whole"), [7; 100_000]);
        assert!(read(&frame[..frame.len() / 2]).is_err());
        assert!(read(&[&frame[..], &frame[..]].concat()).is_err());
    }

    /// As tough's streams do when the digest is wrong.
    #[test]
    fn an_error_at_the_end_of_the_source_is_not_missed() {
        struct Fails;
        impl Read for Fails {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("wrong digest"))
            }
        }
        let frame = compress(b"abc", None);
        let told = ImageReader::new(frame[..].chain(Fails)).read_to_end(&mut Vec::new()).expect_err("refused");
        assert_eq!(told.to_string(), "wrong digest");
    }
}
