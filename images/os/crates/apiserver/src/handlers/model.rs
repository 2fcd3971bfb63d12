use super::{image, os, settings};
use crate::{answer::Answer, app::App, error::ApiError, query::Query};
use serde_json::{Map, Value, json};

/// Everything at once: settings, services, configuration files, and facts about the OS.
pub fn get(app: &App, query: &Query) -> Result<Answer, ApiError> {
    let Some(prefix) = query.prefix()? else {
        return Answer::json(&json!({
            "settings": settings::all(app)?,
            image::SERVICES: app.defaults.services,
            image::CONFIGURATION_FILES: app.defaults.configuration_files,
            "os": app.os,
        }));
    };
    let mut model = Map::new();
    if let Some(settings) = settings::below(app, prefix) {
        model.insert("settings".into(), Value::Object(settings));
    }
    if let Some(services) = image::below(&app.defaults.services, image::SERVICES, prefix) {
        model.insert(image::SERVICES.into(), json!(services));
    }
    if let Some(files) = image::below(&app.defaults.configuration_files, image::CONFIGURATION_FILES, prefix) {
        model.insert(image::CONFIGURATION_FILES.into(), json!(files));
    }
    if let Some(facts) = os::below(app, prefix) {
        model.insert("os".into(), Value::Object(facts));
    }
    Answer::json(&model)
}
