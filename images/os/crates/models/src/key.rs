use std::{borrow::Borrow, fmt};

/// More than any setting needs. Upstream's limit, 255, leaves no room for the longest labels of Kubernetes.
const MAX_BYTES: usize = 2048;
/// Whatever works on trees recurses as deep; settings go down half a dozen.
const MAX_SEGMENTS: usize = 64;

/// A dotted path such as `settings.kernel.sysctl."net.core.somaxconn"`. A segment that holds anything but
/// `A-Z a-z 0-9 _ -` is written in double quotes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(Vec<String>);

#[derive(Debug, PartialEq, Eq)]
pub struct KeyError(&'static str);

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for KeyError {}

fn is_bare(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

impl Key {
    /// # Errors
    /// When the key is longer than 2048 bytes or deeper than 64 segments, a segment is empty or holds a control character,
    /// an unquoted one has a character outside `A-Z a-z 0-9 _ -`, or a quote stays open.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        if text.len() > MAX_BYTES {
            return Err(KeyError("a key has at most 2048 bytes"));
        }
        if text.contains(char::is_control) {
            return Err(KeyError("a key holds no control characters"));
        }
        let mut segments = Vec::new();
        let mut rest = text;
        loop {
            let (segment, after) = match rest.strip_prefix('"') {
                Some(quoted) => quoted.split_once('"').ok_or(KeyError("a quoted segment is not closed"))?,
                None => rest.split_at(rest.find('.').unwrap_or(rest.len())),
            };
            if segment.is_empty() {
                return Err(KeyError("a segment is empty"));
            }
            if !rest.starts_with('"') && !segment.chars().all(is_bare) {
                return Err(KeyError("a segment may hold A-Z a-z 0-9 _ -, anything else goes in double quotes"));
            }
            if segments.len() == MAX_SEGMENTS {
                return Err(KeyError("a key has at most 64 segments"));
            }
            segments.push(segment.to_owned());
            match after.strip_prefix('.') {
                Some(more) => rest = more,
                None if after.is_empty() => return Ok(Self(segments)),
                None => return Err(KeyError("a dot must follow a closing quote")),
            }
        }
    }

    #[must_use]
    pub fn segments(&self) -> &[String] {
        &self.0
    }

    #[must_use]
    pub fn child(&self, segment: &str) -> Self {
        Self(self.0.iter().cloned().chain([segment.to_owned()]).collect())
    }

    /// This key, then each of its ancestors up to the top-level one.
    pub fn self_and_ancestors(&self) -> impl Iterator<Item = &[String]> {
        (1..=self.0.len()).rev().map(|len| &self.0[..len])
    }
}

/// So that maps by key can be asked for a part of one, which costs no copy.
impl Borrow<[String]> for Key {
    fn borrow(&self) -> &[String] {
        &self.0
    }
}

impl<S: Into<String>> FromIterator<S> for Key {
    fn from_iter<I: IntoIterator<Item = S>>(segments: I) -> Self {
        Self(segments.into_iter().map(Into::into).collect())
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, segment) in self.0.iter().enumerate() {
            let dot = if i == 0 { "" } else { "." };
            if segment.chars().all(is_bare) {
                write!(f, "{dot}{segment}")?;
            } else {
                write!(f, "{dot}\"{segment}\"")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn refuses_what_cannot_name_a_setting() {
        for bad in ["", ".", "a.", ".a", "a..b", "a b", "a.\"b", "\"a\"b", "a.\"\"", "a/b", "ä", "a.\"\n\""] {
            assert!(Key::parse(bad).is_err(), "{bad:?} was taken");
        }
    }

    #[test]
    fn a_key_has_a_greatest_length_and_depth() {
        let deepest = ["a"; 64].join(".");
        assert_eq!(Key::parse(&deepest).expect("64 segments").segments().len(), 64);
        assert!(Key::parse(&format!("{deepest}.a")).is_err());
        assert!(Key::parse(&"a".repeat(2048)).is_ok());
        assert!(Key::parse(&"a".repeat(2049)).is_err());
    }

    proptest! {
        #[test]
        fn printing_and_parsing_are_inverse(segments in prop::collection::vec("[a-z_.0-9/ -]{1,8}", 1..5)) {
            let key: Key = segments.into_iter().collect();
            prop_assert_eq!(Key::parse(&key.to_string()), Ok(key));
        }
    }
}
