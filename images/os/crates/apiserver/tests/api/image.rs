use crate::server::Server;
use serde_json::json;

#[test]
fn metadata_is_inherited_from_above() {
    let server = Server::booted();
    let keys = "settings.motd,settings.ntp.time-servers,settings.updates.seed";
    let affected = server.get(&format!("/metadata/affected-services?keys={keys}"));
    assert_eq!(
        affected,
        json!({"settings.motd": ["motd"], "settings.ntp.time-servers": ["ntp"], "settings.updates.seed": ["updater"]})
    );
    assert_eq!(server.get("/metadata/templates?keys=settings.motd"), json!({}));
    assert_eq!(server.get("/metadata/setting-generators"), json!({"settings.updates.seed": "random-seed"}));
    for path in ["/metadata/affected-services", "/metadata/templates"] {
        assert_eq!(server.refused("GET", path, ""), (400, "Missing required input 'keys'".into()));
    }
}

#[test]
fn services_and_files_are_selected_by_name_and_prefix() {
    let server = Server::booted();
    let motd = json!({"motd": {"configuration-files": ["motd"], "restart-commands": []}});
    assert_eq!(server.get("/services?names=motd"), motd);
    assert_eq!(server.get("/services?prefix=mo"), motd);
    assert_eq!(server.get("/services?prefix=services.motd"), motd);
    assert_eq!(server.get("/services?prefix=zz"), json!({}));
    assert_eq!(server.refused("GET", "/services?names=zz", ""), (404, "Found no 'services.zz' in datastore".into()));
    let files = server.get("/configuration-files");
    assert_eq!(files["motd"]["path"], "/etc/motd");
    assert_eq!(files["containerd"]["mode"], "0600");
    let missing = (404, "Found no 'configuration-files.zz' in datastore".to_owned());
    assert_eq!(server.refused("GET", "/configuration-files?names=motd,zz", ""), missing);
}

#[test]
fn the_model_is_everything_or_what_a_prefix_selects() {
    let server = Server::booted();
    let model = server.get("/");
    let parts: Vec<_> = model.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(parts, ["configuration-files", "os", "services", "settings"]);
    assert_eq!(server.get("/?prefix=nothing"), json!({}));
    assert_eq!(server.get("/?prefix=settings.motd"), json!({"settings": {"motd": "Welcome to Sparkler!"}}));
    let with_s = server.get("/?prefix=s");
    assert!(with_s.get("settings").is_some() && with_s.get("services").is_some() && with_s.get("os").is_none());
}

#[test]
fn the_os_is_described() {
    let server = Server::booted();
    let os = server.get("/os");
    let names: Vec<_> = os.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(names, ["arch", "build_id", "pretty_name", "variant_id", "version_id"]);
    assert_eq!(os["arch"], std::env::consts::ARCH);
    assert_eq!(server.get("/os?prefix=v").as_object().expect("an object").len(), 2);
}

#[test]
fn reports_are_listed() {
    let server = Server::booted();
    let listed = server.get("/report");
    let names: Vec<_> = listed.as_array().expect("a list").iter().map(|report| &report["name"]).collect();
    assert_eq!(names, ["boot-time", "host-containers", "last-boot", "settings", "system"]);
}

#[test]
fn unknown_paths_and_wrong_methods_are_told_apart() {
    let server = Server::booted();
    for path in ["/nothing", "/settings/", "/updates", "/exec/", "//"] {
        assert_eq!(server.refused("GET", path, "").0, 404, "{path}");
    }
    for (method, path) in [("POST", "/settings"), ("GET", "/tx/commit"), ("GET", "/actions/reboot"), ("PUT", "/os")] {
        let (status, text) = server.refused(method, path, "");
        assert_eq!(status, 405, "{method} {path}");
        assert!(text.starts_with(&format!("Method {method} is not allowed here")), "{text}");
    }
}
