//! What became of host containers, bootstrap containers and bootstrap commands, as `host-ctr` leaves it for one boot.

use crate::app::App;
use serde_json::{Map, Value, json};
use std::{fs, path::Path};

/// Of the settings: never user-data, nor commands, which may hold secrets.
const SETTINGS: [&str; 5] = ["enabled", "superpowered", "source", "mode", "essential"];
/// Of the state: the rest is for the program itself.
const STATE: [&str; 4] = ["phase", "image", "exit_code", "last_error"];

pub fn describe(app: &App, directory: &Path) -> Value {
    let store = app.store();
    let of = |family: &str| {
        let set = store.live().get(family).and_then(Value::as_object).into_iter().flatten();
        set.map(|(name, settings)| (name.clone(), container(settings, state(&directory.join(family), name))))
            .collect::<Map<_, _>>()
    };
    json!({ "host-containers": of("host-containers"), "bootstrap-containers": of("bootstrap-containers") })
}

fn state(directory: &Path, name: &str) -> Option<Value> {
    serde_json::from_slice(&fs::read(directory.join(format!("{name}.json"))).ok()?).ok()
}

fn container(settings: &Value, state: Option<Value>) -> Value {
    let mut told: Map<_, _> =
        SETTINGS.iter().filter_map(|key| Some(((*key).to_owned(), settings.get(key)?.clone()))).collect();
    let state = state.unwrap_or_default();
    for key in STATE {
        told.insert(key.to_owned(), state.get(key).cloned().unwrap_or_default());
    }
    let starts = state.get("starts").and_then(Value::as_u64).unwrap_or_default();
    told.insert("restarts".to_owned(), starts.saturating_sub(1).into());
    told.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_left_out() {
        let settings = json!({"source": "r.example/a", "enabled": true, "user-data": "aGk=", "command": ["x"]});
        let state = json!({"configuration": {"user-data": "aGk="}, "phase": "running", "image": "sha256:1",
                           "exit_code": null, "last_error": null, "starts": 3});
        let told = json!({"source": "r.example/a", "enabled": true, "phase": "running", "image": "sha256:1",
                          "exit_code": null, "last_error": null, "restarts": 2});
        assert_eq!(container(&settings, Some(state)), told);
    }

    #[test]
    fn one_that_never_ran_has_no_phase() {
        let told = container(&json!({"mode": "off"}), None);
        let none =
            json!({"mode": "off", "phase": null, "image": null, "exit_code": null, "last_error": null, "restarts": 0});
        assert_eq!(told, none);
    }
}
