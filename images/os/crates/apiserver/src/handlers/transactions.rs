use crate::{answer::Answer, app::App, error::ApiError, query::Query};
use models::Key;

fn names(keys: &[Key]) -> Result<Answer, ApiError> {
    Answer::json(&keys.iter().map(ToString::to_string).collect::<Vec<_>>())
}

pub fn get(app: &App, query: &Query) -> Result<Answer, ApiError> {
    Answer::json(&app.store().pending(&query.transaction()?))
}

pub fn delete(app: &App, query: &Query) -> Result<Answer, ApiError> {
    names(&app.store_mut().delete(&query.transaction()?)?)
}

pub fn list(app: &App) -> Result<Answer, ApiError> {
    Answer::json(&app.store().transactions().collect::<Vec<_>>())
}

pub fn commit(app: &App, query: &Query) -> Result<Answer, ApiError> {
    names(&app.commit(&query.transaction()?)?)
}

pub fn apply(app: &App, query: &Query) -> Result<Answer, ApiError> {
    app.applier.turn()?.start(query.keys()?.as_deref())?;
    Ok(Answer::NoContent)
}

pub fn commit_and_apply(app: &App, query: &Query) -> Result<Answer, ApiError> {
    let turn = app.applier.turn()?;
    let changed = app.commit(&query.transaction()?)?;
    turn.start(Some(&changed))?;
    names(&changed)
}
