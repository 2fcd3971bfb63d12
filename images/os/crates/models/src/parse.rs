use crate::{
    Key, Settings,
    refusal::{self, Refusal, shown},
    tree::{self, Tree},
    upstream,
};
use serde_json::Value;
use std::fmt;

/// Names the setting, what is wrong with it and what is allowed, in one line.
#[derive(Debug)]
pub struct SettingsError {
    key: String,
    pub(crate) path: Vec<String>,
    /// Whether the last name of `path` is at fault, not the value there.
    pub(crate) in_name: bool,
    reason: String,
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", shown(&self.key), self.reason)
    }
}

impl SettingsError {
    pub(crate) fn new(path: &[String], in_name: bool, reason: impl Into<String>) -> Self {
        let key: Key = ["settings"].into_iter().chain(path.iter().map(String::as_str)).collect();
        Self { key: key.to_string(), path: path.to_vec(), in_name, reason: reason.into() }
    }

    fn of_model(error: &serde_path_to_error::Error<Refusal>) -> Self {
        use serde_path_to_error::Segment;
        let names = error.path().iter().map(|segment| match segment {
            Segment::Seq { index } => index.to_string(),
            other => other.to_string(),
        });
        let key = match error.path().to_string().as_str() {
            "." => "settings".to_owned(),
            path => format!("settings.{path}"),
        };
        Self { key, path: names.collect(), in_name: false, reason: error.inner().to_string() }
    }
}

/// Checks `settings` (the content of `settings`, without that name around it). What the model has is checked against it;
/// what only upstream has is taken by its name, whatever its value: nothing here reads it.
///
/// # Errors
/// When a setting is unknown, has the wrong type, or is null: settings cannot be unset, only replaced.
pub fn settings_from_json(mut settings: Value) -> Result<Tree, SettingsError> {
    no_null(&settings, &mut Vec::new())?;
    let mut taken = Tree::new();
    if let Value::Object(tree) = &mut settings {
        upstream::take(tree, &mut Vec::new(), &mut taken)?;
    }
    let typed: Settings =
        serde_path_to_error::deserialize(refusal::Given(settings)).map_err(|error| SettingsError::of_model(&error))?;
    tree::merge(&mut taken, canonical(&typed));
    Ok(taken)
}

fn no_null(value: &Value, path: &mut Vec<String>) -> Result<(), SettingsError> {
    let children: Vec<_> = match value {
        Value::Null => {
            return Err(SettingsError::new(path, false, "null is not a value; leave the setting out to keep it"));
        }
        Value::Object(branch) => branch.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(list) => list.iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect(),
        _ => Vec::new(),
    };
    for (name, value) in children {
        path.push(name);
        no_null(value, path)?;
        path.pop();
    }
    Ok(())
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
        assert_eq!(unknown, "settings.mtd: unknown field `mtd`, did you mean `motd`?");
        assert_eq!(refusal(json!({"motd": 5})), "settings.motd: invalid type: an integer, expected a string");
        assert_eq!(
            refusal(json!({"kernel": {"lockdown": "open"}})),
            "settings.kernel.lockdown: unknown value, expected one of `none`, `integrity`, `confidentiality`"
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
    fn an_unknown_capability_or_limit_is_refused_by_its_name() {
        let capabilities = json!({"oci-defaults": {"capabilities": {"net-rw": true}}});
        let told = "settings.oci-defaults.capabilities.net-rw: unknown field `net-rw`, did you mean `net-raw`?";
        assert_eq!(refusal(capabilities), told);
        for (bad, kind) in [(json!("all"), "a string"), (json!(-2), "an integer"), (json!(1u64 << 63), "an integer")] {
            let told = refusal(json!({"oci-defaults": {"resource-limits": {"max-processes": {"soft-limit": bad}}}}));
            let key = "settings.oci-defaults.resource-limits.max-processes.soft-limit";
            let allowed = "expected a number from 0 to 9223372036854775807, or \"unlimited\"";
            assert_eq!(told, format!("{key}: invalid value: {kind}, {allowed}"));
        }
    }

    #[test]
    fn a_list_is_not_a_table() {
        for bad in [json!(["hi"]), json!([]), json!("x"), json!({"network": ["name"]}), json!({"ntp": [["a"]]})] {
            assert!(refusal(bad).ends_with("expected a table of settings"));
        }
    }

    #[test]
    fn sysctl_names_stay_below_proc_sys() {
        for bad in ["../x", "net..x", "/etc/passwd", "net/../../x", "", "a b", "."] {
            refusal(json!({"kernel": {"sysctl": {bad: "1"}}}));
        }
        settings_from_json(json!({"kernel": {"sysctl": {"net/ipv4/conf/eth0.5/forwarding": "1"}}})).expect("a name");
    }

    #[test]
    fn a_refused_sysctl_is_named_with_the_reason() {
        for name in ["kernel.core_pattern", "kernel/core_pattern"] {
            let told = refusal(json!({"kernel": {"sysctl": {"vm.swappiness": "1", name: "|/bin/x"}}}));
            assert_eq!(
                told,
                format!(
                    "settings.kernel.sysctl: {name}: it cannot be set: it names a program that the kernel runs as root, or \
                     where it writes as root"
                )
            );
        }
    }

    #[test]
    fn every_setting_is_taken() {
        let all = json!({
            "motd": "hi",
            "network": {"hostname": "node-1.example", "hosts": [["10.0.0.1", ["a.example", "a"]]],
                        "https-proxy": "http://p.example:3128", "no-proxy": ["localhost", "10.0.0.0/8"]},
            "dns": {"name-servers": ["10.0.0.2", "fd00::1"], "search-list": ["example.org"]},
            "ntp": {"time-servers": ["time.example.org", "10.0.0.3"]},
            "kernel": {"lockdown": "integrity", "sysctl": {"net.core.somaxconn": "512"}},
            "boot": {"reboot-to-reconcile": false},
            "updates": {"metadata-base-url": "https://u.example/m", "targets-base-url": "http://u.example/t",
                        "version-lock": "v1.2.3", "ignore-waves": true, "seed": 7},
            "host-containers": {"admin": {"source": "r.example/admin:v1", "enabled": true, "superpowered": false,
                                          "user-data": "aGk=", "command": ["/bin/a", ""]}},
            "bootstrap-containers": {"disk": {"source": "r.example/disk", "mode": "once", "essential": true,
                                              "user-data": "", "command": []}},
            "bootstrap-commands": {"first": {"commands": [["apiclient", "get"]], "mode": "always", "essential": false}},
            "container-runtime": {"max-container-log-line-size": -1, "max-concurrent-downloads": 4,
                                  "enable-unprivileged-ports": true, "enable-unprivileged-icmp": false,
                                  "log-level": "warn"},
            "container-registry": {"mirrors": [{"registry": "docker.io", "endpoint": ["https://m.example"]}],
                                   "credentials": [{"registry": "r.example", "username": "u", "password": "p"}]},
            "kubernetes": {"pod-infra-container-image": "r.example/pause:1"},
            "oci-defaults": {"capabilities": {"net-raw": false, "sys-tty-config": true},
                             "resource-limits": {"max-open-files": {"hard-limit": "unlimited", "soft-limit": 1024}}},
            "pki": {"my-ca": {"data": "", "trusted": true}}
        });
        assert_eq!(Value::Object(settings_from_json(all.clone()).expect("valid")), all);
    }
}
