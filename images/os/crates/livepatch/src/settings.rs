//! `settings.kernel.live-patch`, as the settings applier renders it.

use serde::Deserialize;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    enabled: bool,
}

/// Whether patches may be loaded. None before the settings of this boot are applied.
///
/// # Errors
/// When the file is there and doesn't say.
pub fn enabled(path: &Path) -> Result<Option<bool>, String> {
    let fail = |reason: &str| format!("{}: {reason}", path.display());
    match fs::read_to_string(path) {
        Ok(text) => {
            let settings: Settings = toml::from_str(&text).map_err(|error| fail(error.message()))?;
            Ok(Some(settings.enabled))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(fail(&error.to_string())),
    }
}
