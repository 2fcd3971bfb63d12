use flate2::bufread::GzDecoder;
use std::{
    borrow::Cow,
    io::{self, Read},
};

/// RFC 1952, section 2.3.1.
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
/// The host API takes no larger body. Counted before and after decompression.
pub const MAX_BYTES: u64 = 1 << 20;

/// Decoded user-data.
#[derive(Debug, PartialEq)]
pub struct Decoded<'a> {
    pub text: Cow<'a, str>,
    /// What follows the gzip data. Upstream's decoder stops there too: a second gzip member is not read.
    pub bytes_after: usize,
}

/// The text in `bytes`, which may be gzip.
///
/// # Errors
/// When the gzip data is damaged or truncated, holds more than [`MAX_BYTES`], or the content is not UTF-8.
pub fn text(bytes: &[u8]) -> Result<Decoded<'_>, String> {
    if !bytes.starts_with(&GZIP_MAGIC) {
        let text = std::str::from_utf8(bytes);
        return text
            .map(|text| Decoded { text: Cow::Borrowed(text), bytes_after: 0 })
            .map_err(|error| format!("it is neither gzip nor UTF-8 text: byte {} is not UTF-8", error.valid_up_to()));
    }
    let mut content = Vec::new();
    let mut member = GzDecoder::new(bytes);
    let decoded = member.by_ref().take(MAX_BYTES + 1).read_to_end(&mut content);
    decoded.map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => "its gzip data is truncated".to_owned(),
        _ => format!("its gzip data is damaged: {error}"),
    })?;
    if content.len() as u64 > MAX_BYTES {
        return Err(format!("it holds more than {MAX_BYTES} bytes once decompressed"));
    }
    let text = String::from_utf8(content).map_err(|error| {
        format!("what its gzip data holds is not UTF-8 text: byte {} is not", error.utf8_error().valid_up_to())
    })?;
    Ok(Decoded { text: Cow::Owned(text), bytes_after: member.into_inner().len() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    fn gzip(content: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(content).expect("written");
        encoder.finish().expect("finished")
    }

    #[test]
    fn plain_and_gzip_give_the_same_text() {
        let expected = Ok(Decoded { text: "[settings]".into(), bytes_after: 0 });
        assert_eq!(text(b"[settings]"), expected);
        assert_eq!(text(&gzip(b"[settings]")), expected);
    }

    #[test]
    fn what_follows_the_gzip_data_is_counted_and_not_read() {
        for after in [&b"\0\0\0"[..], b"\x1f", b"noise", &gzip(b"motd = 'x'")] {
            let expected = Ok(Decoded { text: "[settings]".into(), bytes_after: after.len() });
            assert_eq!(text(&[&gzip(b"[settings]"), after].concat()), expected);
        }
    }

    #[test]
    fn damage_is_told_by_its_kind() {
        let whole = gzip(b"[settings]\nmotd = 'a rather long message that takes some bytes'\n");
        for length in 2..whole.len() {
            assert_eq!(text(&whole[..length]), Err("its gzip data is truncated".into()), "{length}");
        }
        let mut flipped = whole.clone();
        flipped[whole.len() - 6] ^= 1;
        assert!(text(&flipped).expect_err("refused").starts_with("its gzip data is damaged"));
        assert!(text(b"[settings]\xff").expect_err("refused").ends_with("byte 10 is not UTF-8"));
        assert!(text(&gzip(b"\xff")).expect_err("refused").contains("is not UTF-8 text: byte 0"));
    }

    #[test]
    fn a_bomb_is_stopped_at_the_limit() {
        let limit = usize::try_from(MAX_BYTES).expect("a size");
        assert_eq!(text(&gzip(&vec![b'#'; limit])).expect("fits").text.len(), limit);
        assert!(text(&gzip(&vec![b'#'; limit + 1])).expect_err("refused").contains("more than 1048576 bytes"));
        // Reading on would meet the missing end first.
        let bomb = gzip(&vec![b'#'; 4 * limit]);
        assert!(text(&bomb[..bomb.len() / 2]).expect_err("refused").contains("more than 1048576 bytes"));
    }
}
