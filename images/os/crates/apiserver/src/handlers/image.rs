//! What the image says about its settings: services, configuration files and metadata.

use crate::{
    answer::Answer,
    app::App,
    error::ApiError,
    query::{Query, filter_below},
};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

pub const SERVICES: &str = "services";
pub const CONFIGURATION_FILES: &str = "configuration-files";

pub fn services(app: &App, query: &Query) -> Result<Answer, ApiError> {
    select(&app.defaults.services, SERVICES, query)
}

pub fn configuration_files(app: &App, query: &Query) -> Result<Answer, ApiError> {
    select(&app.defaults.configuration_files, CONFIGURATION_FILES, query)
}

fn select<T: Serialize>(all: &BTreeMap<String, T>, root: &str, query: &Query) -> Result<Answer, ApiError> {
    if let Some(names) = query.list("names")? {
        let named = |name: &str| match all.get(name) {
            Some(item) => Ok((name.to_owned(), item)),
            None => Err(ApiError::NotFound(format!("{root}.{name}"))),
        };
        return Answer::json(&names.into_iter().map(named).collect::<Result<BTreeMap<_, _>, _>>()?);
    }
    match query.prefix_below(root)? {
        Some(prefix) => Answer::json(&below(all, root, &prefix).unwrap_or_default()),
        None => Answer::json(all),
    }
}

/// The items that a key prefix of the whole model selects, or none if it is about something else.
pub fn below<'a, T>(all: &'a BTreeMap<String, T>, root: &str, prefix: &str) -> Option<BTreeMap<&'a str, &'a T>> {
    let wanted = filter_below(prefix, root)?;
    Some(all.iter().filter(|(name, _)| name.starts_with(wanted)).map(|(name, item)| (name.as_str(), item)).collect())
}

/// One fact about each of the given keys that has it.
pub fn facts(app: &App, query: &Query, fact: &str) -> Result<Answer, ApiError> {
    let keys = query.required_keys()?;
    let known = keys.iter().filter_map(|key| Some((key.to_string(), app.defaults.fact(fact, key)?)));
    Answer::json(&known.collect::<BTreeMap<String, &Value>>())
}

pub fn generators(app: &App) -> Result<Answer, ApiError> {
    let generators = app.defaults.metadata.get("setting-generator").into_iter().flatten();
    Answer::json(&generators.map(|(key, value)| (key.to_string(), value)).collect::<BTreeMap<_, _>>())
}
