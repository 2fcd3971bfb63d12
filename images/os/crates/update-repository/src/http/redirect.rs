//! Where a server redirects to (RFC 9110, section 15.4).

use hyper::header::LOCATION;
use hyper::{Response, StatusCode};
use url::Url;

/// As many as upstream's HTTP client follows (reqwest, `redirect::Policy`).
pub const LIMIT: usize = 10;

/// The address that `response`, the answer for `url`, redirects to, if it does.
///
/// # Errors
/// When that is no address, or leads from HTTPS to where nothing is encrypted or verified.
pub fn target<B>(url: &Url, response: &Response<B>) -> Result<Option<Url>, String> {
    let redirects = [
        StatusCode::MOVED_PERMANENTLY,
        StatusCode::FOUND,
        StatusCode::SEE_OTHER,
        StatusCode::TEMPORARY_REDIRECT,
        StatusCode::PERMANENT_REDIRECT,
    ];
    let Some(location) = response.headers().get(LOCATION).filter(|_| redirects.contains(&response.status())) else {
        return Ok(None);
    };
    let text = String::from_utf8_lossy(location.as_bytes());
    let target = url.join(&text).map_err(|error| format!("redirected to {text:?}: {error}"))?;
    match (url.scheme(), target.scheme()) {
        ("https", "https") | ("http", "http" | "https") => Ok(Some(target)),
        ("https", "http") => Err(format!("redirected from https:// to {target}; that is never followed")),
        (_, scheme) => Err(format!("redirected to {target}: {scheme} is not supported, only http and https are")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn follow(from: &str, status: u16, location: &str) -> Result<Option<String>, String> {
        let response = Response::builder().status(status).header(LOCATION, location).body(()).expect("a response");
        let target = target(&Url::parse(from).expect("an address"), &response);
        target.map(|target| target.map(String::from))
    }

    #[test]
    fn a_location_may_be_relative() {
        assert_eq!(follow("http://a/b/c?d", 302, "e"), Ok(Some("http://a/b/e".into())));
        assert_eq!(follow("http://a/b/c?d", 308, "//f:1/"), Ok(Some("http://f:1/".into())));
        assert_eq!(follow("http://a/b", 301, "https://a/b"), Ok(Some("https://a/b".into())));
        assert_eq!(follow("http://a/b", 200, "/x"), Ok(None));
    }

    #[test]
    fn nothing_leads_out_of_https_or_http() {
        assert!(follow("https://a/b", 307, "http://a/b").expect_err("refused").contains("is never followed"));
        assert!(follow("http://a/b", 303, "file:///etc").expect_err("refused").contains("file is not supported"));
        assert!(follow("http://a/b", 303, "http://").expect_err("refused").contains("redirected to \"http://\""));
    }
}
