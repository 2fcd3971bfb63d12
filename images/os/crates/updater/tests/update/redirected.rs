//! Servers that send elsewhere.

use crate::authority::{Authority, VALID};
use crate::image::Image;
use crate::machine::Machine;
use crate::repository::Publication;
use crate::server::{Fault, Server};

#[test]
fn a_redirection_is_followed_and_a_loop_is_not() {
    let machine = Machine::offered("1.1.0", &Image::of("1.1.0"));
    let mirror = Server::start(machine.at("repository"), None);
    let to = format!("http://{}/metadata/timestamp.json", mirror.address);
    machine.server.fail("timestamp.json", Fault::Redirect(to), 1);
    machine.server.fail("manifest.json", Fault::Redirect("elsewhere.json".into()), 1);
    let manifest = machine.published("targets", "manifest.json");
    std::fs::copy(&manifest, manifest.with_file_name("elsewhere.json")).expect("copied");
    machine.succeeds("refresh");
    assert_eq!(mirror.requests().len(), 1);

    machine.server.fail("timestamp.json", Fault::Redirect("timestamp.json".into()), 100);
    let before = machine.server.requests().len();
    machine.fails_without_a_write("refresh", "redirected more than 10 times");
    let asked = machine.server.requests().split_off(before);
    assert_eq!(asked.iter().filter(|(path, _)| path.contains("timestamp.json")).count(), 11);
}

#[test]
fn a_redirection_from_https_to_http_is_refused() {
    let authority = Authority::new();
    let machine = Machine::reached_by(Some(authority.issue("127.0.0.1", VALID)));
    machine.publish(&Publication::of("1.1.0", &Image::of("1.1.0")));
    machine.trust(&authority.pem());
    let plain = Server::start(machine.at("repository"), None);
    let to = format!("http://{}/metadata/timestamp.json", plain.address);
    machine.server.fail("timestamp.json", Fault::Redirect(to), 1);
    machine.fails_without_a_write("refresh", "that is never followed");
    assert!(plain.requests().is_empty());
}
