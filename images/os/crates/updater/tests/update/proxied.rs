//! Servers behind a proxy.

use crate::authority::{Authority, VALID};
use crate::image::Image;
use crate::machine::Machine;
use crate::proxy::Proxy;
use crate::repository::Publication;

fn https_machine() -> Machine {
    let authority = Authority::new();
    let machine = Machine::reached_by(Some(authority.issue("127.0.0.1", VALID)));
    machine.publish(&Publication::of("1.1.0", &Image::of("1.1.0")));
    machine.trust(&authority.pem());
    machine
}

#[test]
fn https_goes_through_the_proxy_and_names_the_server_only() {
    let (machine, proxy) = (https_machine(), Proxy::start(None));
    machine.configure(&format!("https_proxy = \"http://user:p%40ss@{}\"", proxy.address));
    machine.succeeds("refresh");
    let heads = proxy.heads();
    assert_eq!(heads.len(), machine.server.requests().len());
    for head in heads {
        assert!(head.starts_with(&format!("CONNECT {} HTTP/1.1\r\n", machine.server.address)), "{head}");
        assert!(head.contains("Basic dXNlcjpwQHNz") && !head.contains("timestamp"), "{head}");
    }
}

#[test]
fn what_is_excluded_or_plain_http_goes_past_the_proxy() {
    let proxy = Proxy::start(None);
    let machine = https_machine();
    machine.configure(&format!("https_proxy = \"{}\"\nno_proxy = [\"x.example\", \"127.0.0.0/8\"]", proxy.address));
    machine.succeeds("refresh");
    let plain = Machine::offered("1.1.0", &Image::of("1.1.0"));
    plain.configure(&format!("https_proxy = \"{}\"", proxy.address));
    plain.succeeds("refresh");
    assert!(proxy.heads().is_empty());
}

#[test]
fn a_refusing_proxy_is_named_without_its_password() {
    let machine = https_machine();
    for (refusal, user, words) in [
        ("407 Authenticate", "", "it demands a user and password"),
        ("407 Authenticate", "user:secret@", "it refuses the user and password in settings.network.https-proxy"),
        ("404 Not Found", "user:secret@", "it answered 404 Not Found when asked for 127.0.0.1:"),
    ] {
        let proxy = Proxy::start(Some(refusal));
        machine.configure(&format!("https_proxy = \"http://{user}{}\"", proxy.address));
        let output = machine.run("refresh");
        let stderr = String::from_utf8(output.stderr).expect("text");
        assert!(stderr.contains(&format!("the proxy {}: {words}", proxy.address)), "{stderr}");
        assert!(!stderr.contains("secret") && !machine.status().to_string().contains("secret"), "{stderr}");
    }
}

#[test]
fn a_proxy_that_is_none_is_refused_without_its_password() {
    let machine = https_machine();
    machine.configure("https_proxy = \"socks5://user:secret@p.example\"");
    let status = machine.fails_without_a_write("refresh", "settings.network.https-proxy");
    assert!(!status.to_string().contains("secret"));
}
