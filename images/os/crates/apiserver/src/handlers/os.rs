use crate::{
    answer::Answer,
    error::ApiError,
    query::{Query, filter_below},
};
use models::{os_release, tree::Tree};
use serde_json::json;
use std::fs;

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
    let release = os_release::parse(&text);
    let mut facts = Tree::new();
    for name in ["pretty_name", "variant_id", "version_id", "build_id"] {
        let value = release.get(name.to_uppercase().as_str()).cloned().unwrap_or_default();
        facts.insert(name.into(), json!(value));
    }
    facts.insert("arch".into(), json!(std::env::consts::ARCH));
    Ok(facts)
}
