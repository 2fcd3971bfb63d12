//! os-release(5): assignments as a shell reads them, of which quotes and backslashes are all that is used.

use std::collections::HashMap;

/// The variables by their names.
#[must_use]
pub fn parse(text: &str) -> HashMap<&str, String> {
    text.lines().filter_map(|line| line.trim().split_once('=')).map(|(name, value)| (name, unquote(value))).collect()
}

fn unquote(value: &str) -> String {
    if let Some(inner) = value.strip_prefix('\'').and_then(|value| value.strip_suffix('\'')) {
        return inner.to_owned();
    }
    let inner = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
    let mut plain = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        plain.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn os_release_is_read_as_a_shell_would() {
        let release = parse("# c\nID=sparkler\nPRETTY_NAME=\"Sparkler \\\"1\\\"\"\nBUILD_ID='a b'\n\nnonsense\n");
        assert_eq!(release["PRETTY_NAME"], "Sparkler \"1\"");
        assert_eq!(release["BUILD_ID"], "a b");
        assert_eq!(release["ID"], "sparkler");
    }
}
