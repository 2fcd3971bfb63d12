//! Settings that upstream has and this OS does not apply.

use crate::{
    SettingsError, names,
    names::Place,
    refusal::shown,
    tree::{self, Tree},
};
use serde_json::Value;

/// The longest label of Kubernetes: a DNS name, a slash and 63 characters.
const MAX_NAME_CHARS: usize = 317;

/// Moves what the model lacks and upstream has from `tree`, which lies at `path`, to `into`. Refuses what neither has.
pub fn take(tree: &mut Tree, path: &mut Vec<String>, into: &mut Tree) -> Result<(), SettingsError> {
    for (name, mut value) in std::mem::take(tree) {
        path.push(name);
        let (model, other) = (Place::in_model(path), Place::upstream(path));
        let is_known_branch = !(model.next.is_empty() && other.next.is_empty());
        match &mut value {
            Value::Object(branch) if is_known_branch && !model.is_setting => take(branch, path, into)?,
            _ if model.is_setting || !model.next.is_empty() => {}
            Value::Object(_) if other.is_setting => {
                return Err(SettingsError::new(path, false, "a table is not what it takes, but one value or a list"));
            }
            _ if other.is_setting => {
                check_names(path)?;
                tree::insert(into, path, value.take());
            }
            _ if is_known_branch => return Err(SettingsError::new(path, false, "it takes a table of settings")),
            _ => return Err(unknown(path)),
        }
        let name = path.pop().unwrap_or_default();
        if model.is_setting || !model.next.is_empty() {
            tree.insert(name, value);
        }
    }
    Ok(())
}

fn unknown(path: &[String]) -> SettingsError {
    let (name, above) = path.split_last().map_or(("", path), |(name, above)| (name.as_str(), above));
    let known = [Place::in_model(above).next, Place::upstream(above).next].concat();
    SettingsError::new(path, true, names::unknown(name, &known))
}

/// The names of the user's choice are all that nothing else has checked: a key must be writable with them.
fn check_names(path: &[String]) -> Result<(), SettingsError> {
    let is_name = |name: &String| {
        (1..=MAX_NAME_CHARS).contains(&name.chars().count()) && !name.chars().any(|c| c.is_control() || c == '"')
    };
    match path.iter().position(|name| !is_name(name)) {
        None => Ok(()),
        Some(at) => {
            let reason = format!(
                "{:?} is not a name: 1 to {MAX_NAME_CHARS} characters without control characters and double quotes",
                shown(&path[at])
            );
            Err(SettingsError::new(&path[..=at], true, reason))
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::settings_from_json;
    use serde_json::{Value, json};

    fn refusal(settings: Value) -> String {
        settings_from_json(settings).expect_err("refused").to_string()
    }

    #[test]
    fn what_only_upstream_has_is_taken_as_it_is() {
        let upstream = json!({
            "kubernetes": {"cluster-name": "c", "max-pods": 110, "node-labels": {"example.org/role": "a"},
                           "static-pods": {"web": {"enabled": true, "manifest": "aGk="}}},
            "container-registry": {"creds": [{"registry": "docker.io", "auth": "x"}]},
            "kernel": {"modules": {"sctp": {"allowed": false}}, "lockdown": "none"},
            "host-containers": {"admin": {"command": ["a"], "enabled": true}}
        });
        assert_eq!(Value::Object(settings_from_json(upstream.clone()).expect("taken")), upstream);
        assert!(settings_from_json(json!({"autoscaling": {}, "ecs": {}})).expect("taken").is_empty());
    }

    #[test]
    fn a_typing_error_in_an_upstream_setting_is_refused() {
        for (given, told) in [
            (
                json!({"kuberntes": {"cluster-name": "c"}}),
                "settings.kuberntes: unknown field `kuberntes`, did you mean `kubernetes`?",
            ),
            (
                json!({"kubernetes": {"cluster-nam": "c"}}),
                "settings.kubernetes.cluster-nam: unknown field `cluster-nam`, did you mean `cluster-name`?",
            ),
            (
                json!({"host-containers": {"admin": {"enable": true}}}),
                "settings.host-containers.admin.enable: unknown field `enable`, did you mean `enabled`?",
            ),
            (json!({"ecs": "c"}), "settings.ecs: it takes a table of settings"),
            (
                json!({"kubernetes": {"cluster-name": {"a": 1}}}),
                "settings.kubernetes.cluster-name: a table is not what it takes, but one value or a list",
            ),
            (
                json!({"kubernetes": {"node-labels": {"a\"b": "c"}}}),
                "settings.kubernetes.node-labels.\"a\"b\": \"a\\\"b\" is not a name",
            ),
            (json!({"kubernetes": {"max-pods": null}}), "settings.kubernetes.max-pods: null is not a value"),
            (json!({"container-registry": {"creds": [null]}}), "settings.container-registry.creds.0: null is not"),
        ] {
            let refusal = refusal(given);
            assert!(refusal.starts_with(told), "{refusal}");
        }
    }
}
