use crate::{
    answer::Answer,
    app::App,
    error::ApiError,
    query::{Query, filter_below},
};
use models::tree::Tree;

pub fn get(app: &App, query: &Query) -> Result<Answer, ApiError> {
    match query.prefix_below("os")? {
        Some(prefix) => Answer::json(&below(app, &prefix).unwrap_or_default()),
        None => Answer::json(&app.os),
    }
}

pub fn below(app: &App, prefix: &str) -> Option<Tree> {
    let wanted = filter_below(prefix, "os")?;
    let selected = app.os.iter().filter(|(name, _)| name.starts_with(wanted));
    Some(selected.map(|(name, value)| (name.clone(), value.clone())).collect())
}
