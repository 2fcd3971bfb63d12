use std::fmt::Write as _;

/// A JSON string (RFC 8259, section 7).
pub fn quoted(text: &str) -> String {
    let mut json = String::from('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => json.extend(['\\', character]),
            '\0'..='\x1f' => {
                // Writing to a string does not fail.
                let _ = write!(json, "\\u{:04x}", u32::from(character));
            }
            _ => json.push(character),
        }
    }
    json.push('"');
    json
}

/// A JSON object of members whose values are JSON already.
pub fn object<'a>(members: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let members: Vec<String> = members.into_iter().map(|(name, value)| format!("{}:{value}", quoted(name))).collect();
    format!("{{{}}}", members.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_backslashes_and_control_characters_are_escaped() {
        assert_eq!(quoted("a\"b\\c\nd\u{e4}"), "\"a\\\"b\\\\c\\u000ad\u{e4}\"");
    }

    #[test]
    fn an_object_joins_its_members() {
        assert_eq!(object([("a", "1".into()), ("b\"", quoted("x"))]), r#"{"a":1,"b\"":"x"}"#);
    }
}
