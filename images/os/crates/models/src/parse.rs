use crate::{Settings, tree::Tree};
use serde::Deserialize;
use serde_json::Value;
use std::fmt;

/// Names the setting, what is wrong with it and what is allowed, in one line.
#[derive(Debug)]
pub struct SettingsError {
    key: String,
    reason: String,
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.key, self.reason)
    }
}

/// A fault in user-data and, when known, where it is (both counted from 1, the column in characters).
#[derive(Debug)]
pub struct UserDataError {
    place: Option<(usize, usize)>,
    reason: String,
}

impl fmt::Display for UserDataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((line, column)) = self.place {
            write!(f, "line {line}, column {column}: ")?;
        }
        f.write_str(&self.reason)
    }
}

fn setting_name(path: &serde_path_to_error::Path) -> String {
    match path.to_string().as_str() {
        "." => "settings".to_owned(),
        path => format!("settings.{path}"),
    }
}

/// Checks `settings` (the content of `settings`, without that name around it) against the model.
///
/// # Errors
/// When a setting is unknown, has the wrong type, or is null: settings cannot be unset, only replaced.
pub fn settings_from_json(settings: Value) -> Result<Tree, SettingsError> {
    if let Some(key) = null_in(&settings, "settings") {
        return Err(SettingsError { key, reason: "null is not a value; leave the setting out to keep it".into() });
    }
    let typed: Settings = serde_path_to_error::deserialize(settings)
        .map_err(|error| SettingsError { key: setting_name(error.path()), reason: error.inner().to_string() })?;
    Ok(canonical(&typed))
}

fn null_in(value: &Value, name: &str) -> Option<String> {
    match value {
        Value::Null => Some(name.to_owned()),
        Value::Object(branch) => branch.iter().find_map(|(child, value)| null_in(value, &format!("{name}.{child}"))),
        _ => None,
    }
}

/// Reads TOML user-data: a `[settings]` table and nothing beside it.
///
/// # Errors
/// When `text` is not TOML, has no `[settings]`, has other top-level entries, or a setting does not fit the model.
pub fn settings_from_user_data(text: &str) -> Result<Tree, UserDataError> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct UserData {
        settings: Settings,
    }
    let fault = |error: &toml::de::Error, key: Option<String>| UserDataError {
        place: error.span().map(|span| place(text, span.start)),
        reason: key.map_or_else(|| one_line(error.message()), |key| format!("{key}: {}", one_line(error.message()))),
    };
    let input = toml::Deserializer::parse(text).map_err(|error| fault(&error, None))?;
    let data: UserData = serde_path_to_error::deserialize(input).map_err(|error| {
        let path = error.path().to_string();
        fault(error.inner(), Some(path).filter(|path| path != "."))
    })?;
    Ok(canonical(&data.settings))
}

fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn place(text: &str, offset: usize) -> (usize, usize) {
    let before = &text[..text.floor_char_boundary(offset)];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

fn canonical(settings: &Settings) -> Tree {
    match serde_json::to_value(settings) {
        Ok(Value::Object(tree)) => tree,
        other => unreachable!("settings are a table of strings, numbers and lists: {other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refusal(settings: Value) -> String {
        settings_from_json(settings).expect_err("refused").to_string()
    }

    #[test]
    fn a_refusal_names_the_setting_and_what_is_allowed() {
        let unknown = refusal(json!({"mtd": "x"}));
        assert!(unknown.starts_with("settings.mtd: unknown field `mtd`, expected one of `motd`"), "{unknown}");
        assert_eq!(refusal(json!({"motd": 5})), "settings.motd: invalid type: integer `5`, expected a string");
        assert_eq!(
            refusal(json!({"kernel": {"lockdown": "open"}})),
            "settings.kernel.lockdown: unknown variant `open`, expected one of `none`, `integrity`, `confidentiality`"
        );
        assert_eq!(refusal(json!({"updates": {"seed": 2048}})), "settings.updates.seed: 2048 is not a seed: 0 to 2047");
        assert!(refusal(json!({"network": null})).starts_with("settings.network: null is not a value"));
    }

    #[test]
    fn where_updates_come_from_and_which_is_checked() {
        for good in ["latest", "1.2.3", "v1.2.3", "1.2.3-rc.1+build"] {
            settings_from_json(json!({"updates": {"version-lock": good}})).expect(good);
        }
        for bad in ["", "newest", "1.2", "1.2.x", "vv1.2.3", "1.2.3 "] {
            let told = refusal(json!({"updates": {"version-lock": bad}}));
            assert!(told.ends_with("is not \"latest\" or a version like 1.2.3"), "{told}");
        }
        settings_from_json(json!({"updates": {"metadata-base-url": "http://[fd00::1]:80/m/?a=%20"}}))
            .expect("an address");
        for bad in ["ftp://x/", "http://", "updates", "http://x/\"\nseed = 1", "http://x/\\"] {
            let told = refusal(json!({"updates": {"metadata-base-url": bad}}));
            assert!(told.contains("is not an http:// or https:// address"), "{told}");
        }
    }

    #[test]
    fn a_list_is_not_a_table() {
        for bad in [json!(["hi"]), json!([]), json!("x"), json!({"network": ["name"]}), json!({"ntp": [["a"]]})] {
            assert!(refusal(bad).ends_with("expected a table of settings"));
        }
        let fault = settings_from_user_data("[settings]\nnetwork = ['name']\n").expect_err("refused").to_string();
        assert_eq!(fault, "line 2, column 11: settings.network: invalid type: sequence, expected a table of settings");
    }

    #[test]
    fn sysctl_names_stay_below_proc_sys() {
        for bad in ["../x", "net..x", "/etc/passwd", "net/../../x", "", "a b", "."] {
            refusal(json!({"kernel": {"sysctl": {bad: "1"}}}));
        }
        settings_from_json(json!({"kernel": {"sysctl": {"net/ipv4/conf/eth0.5/forwarding": "1"}}})).expect("a name");
    }

    #[test]
    fn every_setting_is_taken() {
        let all = json!({
            "motd": "hi",
            "network": {"hostname": "node-1.example", "hosts": [["10.0.0.1", ["a.example", "a"]]]},
            "dns": {"name-servers": ["10.0.0.2", "fd00::1"], "search-list": ["example.org"]},
            "ntp": {"time-servers": ["time.example.org", "10.0.0.3"]},
            "kernel": {"lockdown": "integrity", "sysctl": {"net.core.somaxconn": "512"}},
            "boot": {"reboot-to-reconcile": false},
            "updates": {"metadata-base-url": "https://u.example/m", "targets-base-url": "http://u.example/t",
                        "version-lock": "v1.2.3", "ignore-waves": true, "seed": 7},
            "host-containers": {"admin": {"source": "r.example/admin:v1", "enabled": true, "superpowered": false,
                                          "user-data": "aGk="}},
            "container-runtime": {"max-container-log-line-size": -1, "max-concurrent-downloads": 4,
                                  "enable-unprivileged-ports": true, "enable-unprivileged-icmp": false}
        });
        assert_eq!(Value::Object(settings_from_json(all.clone()).expect("valid")), all);
    }

    #[test]
    fn user_data_faults_have_a_place() {
        let fault = |text| settings_from_user_data(text).expect_err("refused").to_string();
        assert!(fault("[settings]\nmotd = ").starts_with("line 2, column 8: "), "{}", fault("[settings]\nmotd = "));
        let wrong_type = fault("[settings]\nmotd = 5\n");
        assert_eq!(wrong_type, "line 2, column 8: settings.motd: invalid type: integer `5`, expected a string");
        assert!(fault("[settings.kernel]\nlokdown = 'x'\n").contains("unknown field `lokdown`"));
        assert!(fault("motd = 'x'\n").contains("unknown field `motd`, expected `settings`"));
        assert!(fault("# nothing\n").contains("missing field `settings`"));
        assert!(fault("[settings]\n[extra]\n").contains("unknown field `extra`"));
    }
}
