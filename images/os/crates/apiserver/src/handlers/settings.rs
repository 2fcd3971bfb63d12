use crate::{
    answer::Answer,
    app::App,
    error::ApiError,
    query::{Query, filter_below},
};
use models::{
    Key, SettingsError, refusal, settings_from_json,
    tree::{self, Tree},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashSet;

const ROOT: &str = "settings";

fn root() -> Key {
    Key::from_iter([ROOT])
}

pub fn get(app: &App, query: &Query) -> Result<Answer, ApiError> {
    if let Some(keys) = query.keys()? {
        let keys: HashSet<_> = keys.into_iter().collect();
        let store = app.store();
        let leaves = tree::leaves(&root(), store.live());
        return Answer::json(&tree::from_leaves(&root(), leaves.into_iter().filter(|(key, _)| keys.contains(key))));
    }
    match query.prefix_below(ROOT)? {
        Some(prefix) => Answer::json(&below(app, &prefix).unwrap_or_default()),
        None => Answer::json(&all(app)?),
    }
}

pub fn all(app: &App) -> Result<Tree, ApiError> {
    let live = app.store().live().clone();
    if live.is_empty() { Err(ApiError::NotFound(ROOT.into())) } else { Ok(live) }
}

/// The settings that a key prefix of the whole model selects, or none if it is about something else.
pub fn below(app: &App, prefix: &str) -> Option<Tree> {
    let wanted = format!("{ROOT}.{}", filter_below(prefix, ROOT)?);
    let leaves = tree::leaves(&root(), app.store().live());
    let selected: Vec<_> = leaves.into_iter().filter(|(key, _)| key.to_string().starts_with(&wanted)).collect();
    (!selected.is_empty()).then(|| tree::from_leaves(&root(), selected))
}

pub fn patch(app: &App, query: &Query, body: &[u8]) -> Result<Answer, ApiError> {
    let given = serde_json::from_slice(body).map_err(ApiError::BadJson)?;
    let settings = settings_from_json(given).map_err(ApiError::BadSettings)?;
    app.store_mut().patch(&query.transaction()?, settings)?;
    Ok(Answer::NoContent)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pairs {
    request_payload: Vec<String>,
}

pub fn patch_pairs(app: &App, query: &Query, body: &[u8]) -> Result<Answer, ApiError> {
    let given = serde_json::from_slice(body).map_err(ApiError::BadJson)?;
    let pairs: Pairs =
        refusal::read(given).map_err(|(path, refusal)| ApiError::BadPairs(format!("{path}: {refusal}")))?;
    let mut settings = Tree::new();
    for (number, pair) in (1..).zip(&pairs.request_payload) {
        tree::merge(&mut settings, from_pair(number, pair)?);
    }
    app.store_mut().patch(&query.transaction()?, settings)?;
    Ok(Answer::NoContent)
}

/// `number` is the pair's place in the list, by which it is named when it has no name: all of it may be a secret then.
fn from_pair(number: usize, pair: &str) -> Result<Tree, ApiError> {
    let (name, text) = pair.split_once('=').ok_or(ApiError::BadKeyPair { number })?;
    let key = Key::parse(name).map_err(|source| ApiError::BadKey { name: name.to_owned(), source })?;
    let path = match key.segments() {
        [first, rest @ ..] if first == ROOT => rest,
        all => all,
    };
    if path.is_empty() {
        return Err(ApiError::BadKeyPair { number });
    }
    let as_setting = |value: Value| -> Result<Tree, SettingsError> {
        let mut settings = Tree::new();
        tree::insert(&mut settings, path, value);
        settings_from_json(Value::Object(settings))
    };
    // The text does not tell its type: "1" is the value of a sysctl and of a seed. The model decides which one fits.
    as_setting(guess(text)).or_else(|refusal| as_setting(json!(text)).map_err(|_| ApiError::BadSettings(refusal)))
}

fn guess(text: &str) -> Value {
    let number = || text.parse::<u64>().map(Value::from).or_else(|_| text.parse::<f64>().map(Value::from));
    text.parse::<bool>().map(Value::from).or_else(|_| number()).unwrap_or_else(|_| json!(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_takes_the_type_of_its_setting() {
        let take = |pair| Value::Object(from_pair(1, pair).expect("taken"));
        assert_eq!(take("settings.motd=5"), json!({"motd": "5"}));
        assert_eq!(take("updates.seed=5"), json!({"updates": {"seed": 5}}));
        assert_eq!(take("updates.ignore-waves=true"), json!({"updates": {"ignore-waves": true}}));
        assert_eq!(take("kernel.sysctl.\"a.b\"=1 = 2"), json!({"kernel": {"sysctl": {"a.b": "1 = 2"}}}));
    }

    #[test]
    fn a_bad_pair_is_refused_in_words() {
        let refuse = |pair| from_pair(1, pair).expect_err("refused").to_string();
        assert!(refuse("motd").starts_with("Failed to split the string: pair 1 does"));
        assert!(refuse("updates.seed=many").contains("settings.updates.seed: invalid type"));
        assert!(refuse("a..b=1").starts_with("Unable to make data key 'a..b'"));
        assert!(refuse("settings=1").starts_with("Failed to split the string: pair 1 does"));
    }
}
