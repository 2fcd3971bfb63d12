use api_client::Client;
use serde_json::{Value, json};
use std::path::Path;

const REDACTED: &str = "REDACTED";

/// Names of settings that hold secrets, wherever they are. Upstream's logdog has the same ones by their whole keys.
const SECRET: [&str; 11] = [
    "auth",
    "bootstrap-token",
    "credentials",
    "data",
    "https-proxy",
    "identity-token",
    "identitytoken",
    "password",
    "server-key",
    "token",
    "user-data",
];
/// Of the provider of a cloud, with keys in it.
const SECRET_BELOW: [(&str, &str); 1] = [("aws", "config")];

/// Settings and facts about the OS, with secrets left out.
pub fn collect(socket: &Path) -> Result<String, String> {
    let model = Client::new(socket).get("/").map_err(|error| error.to_string())?;
    let mut shown = json!({ "settings": model["settings"], "os": model["os"] });
    redact(&mut shown, "");
    Ok(format!("{shown:#}\n"))
}

fn redact(value: &mut Value, parent: &str) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if SECRET.contains(&name.as_str()) || SECRET_BELOW.contains(&(parent, name)) {
                    *member = json!(REDACTED);
                } else {
                    redact(member, name);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| redact(item, parent)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_is_left_however_deep() {
        let mut settings = json!({
            "motd": "shown", "network": {"https-proxy": "http://user:hunter2@proxy", "hostname": "shown"},
            "host-containers": {"admin": {"user-data": "hunter2", "enabled": true}},
            "bootstrap-containers": {"x": {"user-data": "hunter2"}},
            "kubernetes": {"bootstrap-token": "hunter2", "server-key": "hunter2", "cluster-name": "shown"},
            "container-registry": {"credentials": [{"registry": "r", "password": "hunter2"}], "mirrors": ["shown"]},
            "aws": {"config": "hunter2", "credentials": "hunter2", "region": "shown"},
            "list": [{"token": "hunter2"}],
        });
        redact(&mut settings, "");
        let text = settings.to_string();
        assert!(!text.contains("hunter2"), "{text}");
        assert_eq!(text.matches("shown").count(), 5, "{text}");
        assert_eq!(settings["network"]["https-proxy"], REDACTED);
    }
}
