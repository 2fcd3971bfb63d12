use minijinja::{Environment, UndefinedBehavior, context, syntax::SyntaxConfig, value::Serde};
use serde_json::Value;

/// Renders `template` with `settings` in its scope. A setting that is not set is undefined, and so is what is below it.
///
/// # Errors
/// When the template is not well-formed or uses what it cannot.
pub fn render(template: &str, settings: &Value) -> Result<String, String> {
    let lines = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Chainable);
    environment.set_syntax(lines.map_err(|error| error.to_string())?);
    let settings = context! { settings => Serde(settings) };
    environment.render_str(template, settings).map_err(|error| format!("{error:#}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    macro_rules! shipped {
        ($name:literal) => {
            include_str!(concat!("../../../templates/", $name, ".template"))
        };
    }

    #[test]
    fn with_nothing_set_every_shipped_template_is_valid() {
        let rendered = |template| render(template, &json!({"motd": "hi"})).expect("rendered");
        assert_eq!(rendered(shipped!("motd")), "hi\n");
        assert_eq!(rendered(shipped!("hostname")), "\n");
        assert_eq!(
            rendered(shipped!("hosts")),
            "127.0.0.1 localhost localhost.localdomain\n::1 localhost localhost.localdomain\n"
        );
        assert_eq!(rendered(shipped!("resolv.conf")), "");
        assert_eq!(rendered(shipped!("timesyncd.conf")), "[Time]\n");
        assert_eq!(rendered(shipped!("updog.toml")), "");
        assert_eq!(rendered(shipped!("containerd.toml")), "version = 2\n\n[plugins.\"io.containerd.grpc.v1.cri\"]\n");
    }

    #[test]
    fn settings_reach_their_files() {
        let settings = json!({
            "network": {"hostname": "node", "hosts": [["10.0.0.1", ["a.example", "a"]], ["::2", ["b"]]]},
            "dns": {"name-servers": ["10.0.0.2", "10.0.0.3"], "search-list": ["x.example", "y.example"]},
            "ntp": {"time-servers": ["t.example", "10.0.0.4"]},
            "updates": {"metadata-base-url": "http://u.example/m", "targets-base-url": "http://u.example/t",
                        "version-lock": "latest", "ignore-waves": false, "seed": 0},
            "container-runtime": {"max-container-log-line-size": 0, "enable-unprivileged-ports": false}
        });
        let rendered = |template| render(template, &settings).expect("rendered");
        assert_eq!(rendered(shipped!("hostname")), "node\n");
        assert_eq!(
            rendered(shipped!("hosts")),
            "127.0.0.1 localhost localhost.localdomain node\n::1 localhost localhost.localdomain node\n\
             10.0.0.1 a.example a\n::2 b\n"
        );
        let resolv = "nameserver 10.0.0.2\nnameserver 10.0.0.3\nsearch x.example y.example\n";
        assert_eq!(rendered(shipped!("resolv.conf")), resolv);
        assert_eq!(rendered(shipped!("timesyncd.conf")), "[Time]\nNTP=t.example 10.0.0.4\n");
        assert_eq!(
            rendered(shipped!("updog.toml")),
            "metadata_base_url = \"http://u.example/m\"\ntargets_base_url = \"http://u.example/t\"\n\
             version_lock = \"latest\"\nignore_waves = false\nseed = 0\n"
        );
        let containerd = rendered(shipped!("containerd.toml"));
        assert!(containerd.ends_with("max_container_log_line_size = 0\nenable_unprivileged_ports = false\n"));
    }

    #[test]
    fn a_fault_is_told_with_its_place() {
        let fault = render("a\n{{ settings.x | nofilter }}", &json!({})).expect_err("refused");
        assert!(fault.contains("nofilter") && fault.contains('2'), "{fault}");
    }
}
