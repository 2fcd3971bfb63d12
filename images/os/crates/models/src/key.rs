use std::fmt;

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
    /// When a segment is empty, an unquoted one has a character outside `A-Z a-z 0-9 _ -`, or a quote stays open.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
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
    pub fn self_and_ancestors(&self) -> impl Iterator<Item = Self> {
        (1..=self.0.len()).rev().map(|len| Self(self.0[..len].to_vec()))
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
        for bad in ["", ".", "a.", ".a", "a..b", "a b", "a.\"b", "\"a\"b", "a.\"\"", "a/b", "ä"] {
            assert!(Key::parse(bad).is_err(), "{bad:?} was taken");
        }
    }

    proptest! {
        #[test]
        fn printing_and_parsing_are_inverse(segments in prop::collection::vec("[a-z_.0-9/ -]{1,8}", 1..5)) {
            let key: Key = segments.into_iter().collect();
            prop_assert_eq!(Key::parse(&key.to_string()), Ok(key));
        }
    }
}
