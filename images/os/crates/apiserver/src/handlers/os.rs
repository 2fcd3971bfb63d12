use crate::{
    answer::Answer,
    error::ApiError,
    query::{Query, filter_below},
};
use models::tree::Tree;
use serde_json::json;
use std::{collections::HashMap, fs};

/// The place of a production image's file; the one in /etc is usually a link to it (os-release(5)).
const OS_RELEASE: &str = "/usr/lib/os-release";

pub fn get(query: &Query) -> Result<Answer, ApiError> {
    match query.prefix_below("os")? {
        Some(prefix) => Answer::json(&below(&prefix)?.unwrap_or_default()),
        None => Answer::json(&facts()?),
    }
}

pub fn below(prefix: &str) -> Result<Option<Tree>, ApiError> {
    let Some(wanted) = filter_below(prefix, "os") else { return Ok(None) };
    Ok(Some(facts()?.into_iter().filter(|(name, _)| name.starts_with(wanted)).collect()))
}

pub fn facts() -> Result<Tree, ApiError> {
    let text = fs::read_to_string(OS_RELEASE).map_err(|error| ApiError::Os(format!("{OS_RELEASE}: {error}")))?;
    let release = parse(&text);
    let mut facts = Tree::new();
    for name in ["pretty_name", "variant_id", "version_id", "build_id"] {
        let value = release.get(name.to_uppercase().as_str()).cloned().unwrap_or_default();
        facts.insert(name.into(), json!(value));
    }
    facts.insert("arch".into(), json!(std::env::consts::ARCH));
    Ok(facts)
}

/// os-release(5): assignments as a shell reads them, of which quotes and backslashes are all that is used.
fn parse(text: &str) -> HashMap<&str, String> {
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
