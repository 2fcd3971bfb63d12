use crate::{certificates, lease};
use minijinja::{Environment, UndefinedBehavior, context, syntax::SyntaxConfig, value::Serde};
use serde_json::Value;

/// Renders `template` with `settings` in its scope. A setting that is not set is undefined, and so is what is below it.
///
/// # Errors
/// When the template is not well-formed or uses what it cannot.
pub fn render(template: &str, settings: &Value) -> Result<String, String> {
    let lines = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
    let mut environment = Environment::new();
    environment.add_function("trusted_certificates", certificates::trusted);
    environment.add_function("lease_name_servers", lease::name_servers);
    environment.set_undefined_behavior(UndefinedBehavior::Chainable);
    environment.set_syntax(lines.map_err(|error| error.to_string())?);
    let settings = context! { settings => Serde(settings) };
    environment.render_str(template, settings).map_err(|error| format!("{error:#}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::{Engine, prelude::BASE64_STANDARD};
    use serde_json::json;

    const SHIPPED: &str = "/usr/share/factory/etc/pki/tls/certs/ca-bundle.crt";
    const ONE: &str = include_str!("../../models/testing/one.pem");
    const TWO: &str = include_str!("../../models/testing/two.pem");

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
        assert_eq!(rendered(shipped!("proxy.env")), "");
        let containerd = toml(&rendered(shipped!("containerd.toml")));
        assert_eq!(containerd["plugins"][CRI]["sandbox_image"].as_str(), Some("registry.k8s.io/pause:3.10.1"));
        let spec: Value = serde_json::from_str(&rendered(shipped!("cri-base.json"))).expect("JSON");
        assert_eq!(spec["process"]["rlimits"], json!([]));
        assert_eq!(spec["process"]["capabilities"]["bounding"], json!([]));
        let docker: Value = serde_json::from_str(&rendered(shipped!("docker-daemon.json"))).expect("JSON");
        assert_eq!((&docker["registry-mirrors"], &docker["default-ulimits"]), (&json!([]), &json!({})));
    }

    #[test]
    fn settings_reach_their_files() {
        let settings = json!({
            "network": {"hostname": "node", "hosts": [["10.0.0.1", ["a.example", "a"]], ["::2", ["b"]]],
                        "https-proxy": "http://u:p@p.example:1", "no-proxy": ["localhost", ".svc"]},
            "dns": {"name-servers": ["10.0.0.2", "10.0.0.3"], "search-list": ["x.example", "y.example"]},
            "ntp": {"time-servers": ["t.example", "10.0.0.4"]},
            "updates": {"metadata-base-url": "http://u.example/m", "targets-base-url": "http://u.example/t",
                        "version-lock": "latest", "ignore-waves": false, "seed": 0}
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
        assert_eq!(timesyncd(&settings), ["[Time]", "NTP=t.example 10.0.0.4", "FallbackNTP="]);
        assert_eq!(
            rendered(shipped!("updog.toml")),
            "metadata_base_url = \"http://u.example/m\"\ntargets_base_url = \"http://u.example/t\"\n\
             version_lock = \"latest\"\nignore_waves = false\nseed = 0\n\
             https_proxy = \"http://u:p@p.example:1\"\nno_proxy = [\"localhost\", \".svc\"]\n"
        );
        assert_eq!(
            rendered(shipped!("proxy.env")),
            "HTTPS_PROXY=\"http://u:p@p.example:1\"\nhttps_proxy=\"http://u:p@p.example:1\"\n\
             NO_PROXY=\"localhost,.svc\"\nno_proxy=\"localhost,.svc\"\n"
        );
    }

    const CRI: &str = "io.containerd.grpc.v1.cri";

    fn toml(text: &str) -> toml::Table {
        text.parse().unwrap_or_else(|error| panic!("{error}:\n{text}"))
    }

    #[test]
    fn settings_of_the_runtime_and_credentials_reach_containerd() {
        let password = "a\"b\\c'<>é";
        let settings = json!({
            "container-runtime": {"max-container-log-line-size": 0, "max-concurrent-downloads": 2, "log-level": "warn",
                                  "enable-unprivileged-ports": false, "enable-unprivileged-icmp": true},
            "container-registry": {"credentials": [
                {"registry": "docker.io", "username": "u", "password": password},
                {"registry": "r.example:5000", "auth": "dTpw"},
            ]},
            "kubernetes": {"pod-infra-container-image": "r.example/pause:1"}
        });
        let containerd = toml(&render(shipped!("containerd.toml"), &settings).expect("rendered"));
        assert_eq!(containerd["debug"]["level"].as_str(), Some("warn"));
        let cri = &containerd["plugins"][CRI];
        assert_eq!(cri["sandbox_image"].as_str(), Some("r.example/pause:1"));
        assert_eq!(cri["max_container_log_line_size"].as_integer(), Some(0));
        assert_eq!(cri["max_concurrent_downloads"].as_integer(), Some(2));
        assert_eq!(cri["enable_unprivileged_ports"].as_bool(), Some(false));
        assert_eq!(cri["enable_unprivileged_icmp"].as_bool(), Some(true));
        let configs = &cri["registry"]["configs"];
        assert_eq!(configs["registry-1.docker.io"]["auth"]["password"].as_str(), Some(password));
        assert_eq!(configs["r.example:5000"]["auth"]["auth"].as_str(), Some("dTpw"));
    }

    #[test]
    fn docker_hears_of_its_mirrors_and_of_the_limits_that_it_knows() {
        let settings = json!({
            "container-runtime": {"max-concurrent-downloads": 2},
            "container-registry": {"mirrors": [
                {"registry": "docker.io", "endpoint": ["https://a.example", "http://b.example:5000"]},
                {"registry": "other.example", "endpoint": ["https://c.example"]},
            ]},
            "oci-defaults": {"resource-limits": {
                "max-address-space": {"hard-limit": 1},
                "max-open-files": {"hard-limit": 10, "soft-limit": 20},
                "max-processes": {"soft-limit": 7, "hard-limit": "unlimited"},
            }}
        });
        let docker: Value =
            serde_json::from_str(&render(shipped!("docker-daemon.json"), &settings).expect("rendered")).expect("JSON");
        assert_eq!(docker["max-concurrent-downloads"], 2);
        assert_eq!(docker["registry-mirrors"], json!(["https://a.example", "http://b.example:5000"]));
        assert_eq!(
            docker["default-ulimits"],
            json!({"nofile": {"Name": "nofile", "Hard": 10, "Soft": 10}, "nproc": {"Name": "nproc", "Hard": -1, "Soft": 7}})
        );
    }

    #[test]
    fn what_containers_may_do_becomes_their_base_specification() {
        let settings = json!({"oci-defaults": {
            "capabilities": {"chown": true, "kill": false, "net-bind-service": true},
            "resource-limits": {"max-open-files": {"hard-limit": 10, "soft-limit": 20},
                                "max-processes": {"soft-limit": 7}, "max-stack-size": {"hard-limit": "unlimited"}}
        }});
        let spec: Value =
            serde_json::from_str(&render(shipped!("cri-base.json"), &settings).expect("rendered")).expect("JSON");
        for set in ["bounding", "effective", "permitted"] {
            assert_eq!(spec["process"]["capabilities"][set], json!(["CAP_CHOWN", "CAP_NET_BIND_SERVICE"]));
        }
        assert_eq!(
            spec["process"]["rlimits"],
            json!([{"type": "RLIMIT_NOFILE", "hard": 10, "soft": 10}, {"type": "RLIMIT_NPROC", "hard": 7, "soft": 7},
                   {"type": "RLIMIT_STACK", "hard": u64::MAX, "soft": u64::MAX}])
        );
    }

    #[test]
    fn containers_and_commands_are_listed_that_are_to_run() {
        let settings = json!({
            "host-containers": {
                "admin": {"enabled": true, "source": "r.example/a", "user-data": "aGk="},
                "control": {"enabled": false, "source": "r.example/c"}, "none": {}
            },
            "bootstrap-containers": {"disk": {"mode": "once"}, "past": {"mode": "off"}},
            "bootstrap-commands": {"first": {"mode": "always", "commands": [["apiclient", "set", "motd='<\n>'"]]}}
        });
        let listed = |template, settings: &Value| -> Vec<Value> {
            let rendered = render(template, settings).expect("rendered");
            rendered.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
        };
        for (template, expected) in [
            (
                shipped!("host-containers.json"),
                json!({"name": "admin", "settings": settings["host-containers"]["admin"]}),
            ),
            (shipped!("bootstrap-containers.json"), json!({"name": "disk", "settings": {"mode": "once"}})),
            (
                shipped!("bootstrap-commands.json"),
                json!({"name": "first", "settings": settings["bootstrap-commands"]["first"]}),
            ),
        ] {
            assert_eq!(listed(template, &settings), [expected]);
            // An empty file is what keeps a boot from starting anything.
            assert_eq!(render(template, &json!({})), Ok(String::new()));
        }
    }

    fn timesyncd(settings: &Value) -> Vec<String> {
        let rendered = render(shipped!("timesyncd.conf"), settings).expect("rendered");
        rendered.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
    }

    #[test]
    fn name_servers_of_settings_take_the_place_of_those_of_the_lease() {
        let template = shipped!("resolv.conf").replace("lease_name_servers()", "['10.0.2.3', 'fec0::3']");
        let rendered = |settings| render(&template, &settings).expect("rendered");
        assert_eq!(rendered(json!({})), "nameserver 10.0.2.3\nnameserver fec0::3\n");
        let search = json!({"dns": {"search-list": ["x.example"]}});
        assert_eq!(rendered(search), "nameserver 10.0.2.3\nnameserver fec0::3\nsearch x.example\n");
        assert_eq!(rendered(json!({"dns": {"name-servers": ["10.0.0.2"]}})), "nameserver 10.0.0.2\n");
        // As with time servers, none is a choice, too.
        assert_eq!(rendered(json!({"dns": {"name-servers": []}})), "");
    }

    #[test]
    fn an_empty_list_of_time_servers_leaves_no_built_in_ones() {
        assert_eq!(timesyncd(&json!({"ntp": {"time-servers": []}})), ["[Time]", "NTP=", "FallbackNTP="]);
    }

    #[test]
    fn settings_of_certificates_go_onto_those_of_the_image() {
        let dir = tempfile::tempdir().expect("a directory");
        let shipped = dir.path().join("shipped.crt");
        std::fs::write(&shipped, format!("# Debian's\n{ONE}")).expect("written");
        let template = shipped!("ca-bundle.crt").replace(SHIPPED, shipped.to_str().expect("text"));
        let rendered = |settings| render(&template, &settings).expect("rendered");
        assert_eq!(rendered(json!({})), format!("# Debian's\n{ONE}"));
        let two = json!({"pki": {"two": {"data": BASE64_STANDARD.encode(TWO), "trusted": true}}});
        assert_eq!(rendered(two), format!("{ONE}{TWO}"));
        std::fs::remove_file(&shipped).expect("removed");
        assert!(render(&template, &json!({})).expect_err("refused").contains("shipped.crt: No such file"));
    }

    #[test]
    fn a_fault_is_told_with_its_place() {
        let fault = render("a\n{{ settings.x | nofilter }}", &json!({})).expect_err("refused");
        assert!(fault.contains("nofilter") && fault.contains('2'), "{fault}");
    }
}
