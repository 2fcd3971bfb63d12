use crate::{
    answer::Answer,
    app::App,
    error::ApiError,
    handlers::{actions, image, livepatches, model, os, settings, transactions, updates},
    query::Query,
    report,
};
use hyper::Method;

/// Which methods each path takes, for the answer 405.
fn allowed(path: &str) -> Option<&'static str> {
    Some(match path {
        "/" | "/os" | "/tx/list" | "/services" | "/configuration-files" => "GET",
        "/metadata/affected-services" | "/metadata/setting-generators" | "/metadata/templates" => "GET",
        "/report" | "/report/boot-time" | "/report/settings" | "/report/system" => "GET",
        "/report/host-containers" | "/report/last-boot" => "GET",
        "/updates/status" | "/exec" | "/livepatches" => "GET",
        "/settings" => "GET, PATCH",
        "/settings/keypair" => "PATCH",
        "/tx" => "GET, DELETE",
        "/tx/commit" | "/tx/apply" | "/tx/commit_and_apply" | "/actions/reboot" => "POST",
        "/actions/refresh-updates" | "/actions/prepare-update" | "/actions/activate-update" => "POST",
        "/actions/deactivate-update" | "/actions/rollback" => "POST",
        "/actions/refresh-livepatches" | "/actions/apply-livepatch" | "/actions/revert-livepatch" => "POST",
        _ => return None,
    })
}

/// It takes the connection over, so it is no request with a body like all others.
pub fn is_exec(method: &Method, path: &str) -> bool {
    method == Method::GET && path == "/exec"
}

pub async fn route(app: &App, method: &Method, path: &str, query: &Query, body: &[u8]) -> Result<Answer, ApiError> {
    match (method.as_str(), path) {
        ("GET", "/") => model::get(app, query),
        ("GET", "/settings") => settings::get(app, query),
        ("PATCH", "/settings") => settings::patch(app, query, body),
        ("PATCH", "/settings/keypair") => settings::patch_pairs(app, query, body),
        ("GET", "/tx") => transactions::get(app, query),
        ("DELETE", "/tx") => transactions::delete(app, query),
        ("GET", "/tx/list") => transactions::list(app),
        ("POST", "/tx/commit") => transactions::commit(app, query),
        ("POST", "/tx/apply") => transactions::apply(app, query),
        ("POST", "/tx/commit_and_apply") => transactions::commit_and_apply(app, query),
        ("GET", "/os") => os::get(app, query),
        ("GET", "/metadata/affected-services") => image::facts(app, query, "affected-services"),
        ("GET", "/metadata/templates") => image::facts(app, query, "template"),
        ("GET", "/metadata/setting-generators") => image::generators(app),
        ("GET", "/services") => image::services(app, query),
        ("GET", "/configuration-files") => image::configuration_files(app, query),
        ("POST", "/actions/reboot") => actions::reboot().await,
        ("GET", "/updates/status") => updates::status(app),
        ("POST", "/actions/refresh-updates") => updates::refresh(app, query).await,
        ("POST", "/actions/prepare-update") => updates::dispatch(app, &["prepare"]).await,
        ("POST", "/actions/activate-update") => updates::dispatch(app, &["activate"]).await,
        ("POST", "/actions/deactivate-update") => updates::dispatch(app, &["deactivate"]).await,
        ("POST", "/actions/rollback") => updates::roll_back(app).await,
        ("GET", "/livepatches") => livepatches::list(app).await,
        ("POST", "/actions/refresh-livepatches") => livepatches::dispatch(app, "refresh").await,
        ("POST", "/actions/apply-livepatch") => livepatches::dispatch_named(app, "apply", query).await,
        ("POST", "/actions/revert-livepatch") => livepatches::dispatch_named(app, "revert", query).await,
        ("GET", "/report") => report::list(),
        ("GET", "/report/boot-time") => report::boot_time().await,
        ("GET", "/report/host-containers") => report::host_containers(app),
        ("GET", "/report/last-boot") => report::last_boot().await,
        ("GET", "/report/settings") => report::settings(app),
        ("GET", "/report/system") => report::system(app).await,
        _ => Err(match allowed(path) {
            Some(allowed) => ApiError::WrongMethod { method: method.to_string(), allowed },
            None => ApiError::UnknownPath(path.to_owned()),
        }),
    }
}
