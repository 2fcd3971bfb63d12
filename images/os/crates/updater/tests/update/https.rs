//! Servers that are verified before anything is asked of them.

use crate::authority::{Authority, VALID};
use crate::image::Image;
use crate::machine::Machine;
use crate::repository::Publication;
use crate::server::Fault;
use rustls::ServerConfig;
use std::io::{Write, copy, sink};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread::spawn;

const ADDRESS: &str = "127.0.0.1";

/// Offered version 1.1.0 by such a server.
fn offered_by(server: Arc<ServerConfig>) -> Machine {
    let machine = Machine::reached_by(Some(server));
    machine.publish(&Publication::of("1.1.0", &Image::of("1.1.0")));
    machine
}

#[test]
fn an_update_is_staged_over_https_although_the_connection_breaks() {
    let authority = Authority::new();
    let machine = offered_by(authority.issue(ADDRESS, VALID));
    machine.trust(&format!("# a comment\n{}{}", Authority::new().pem(), authority.pem()));
    machine.server.fail("1.1.0-root.lz4", Fault::CutAfter(1000), 2);
    machine.succeeds("refresh");
    assert_eq!(machine.succeeds("prepare")["update_state"], "Staged");
}

#[test]
fn a_bad_certificate_is_refused_by_its_fault_and_nothing_is_asked() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    for (server, words) in [
        (
            authority.issue("u.example", VALID),
            "the certificate of 127.0.0.1 is for another name: DnsName(\"u.example\")",
        ),
        (
            authority.issue(ADDRESS, (2020, 2021)),
            "the certificate of 127.0.0.1 expired at 2021-01-01T00:00:00Z; it is 2",
        ),
        (authority.issue(ADDRESS, (2090, 2100)), "not valid before 2090-01-01T00:00:00Z, and it is 2"),
        (stranger.issue(ADDRESS, VALID), "from an issuer that is not trusted; settings.pki can add"),
    ] {
        let machine = offered_by(server);
        machine.trust(&authority.pem());
        machine.fails_without_a_write("refresh", words);
        assert!(machine.server.requests().is_empty());
    }
}

#[test]
fn certificates_that_cannot_be_read_are_named() {
    let machine = offered_by(Authority::new().issue(ADDRESS, VALID));
    machine.fails_without_a_write("refresh", "certificates.pem: ");
    machine.trust("");
    machine.fails_without_a_write("refresh", "certificates.pem: it has no certificate");
}

#[test]
fn a_server_of_plain_http_is_no_https_server() {
    let listener = TcpListener::bind((ADDRESS, 0)).expect("bound");
    let machine = offered_by(Authority::new().issue(ADDRESS, VALID));
    machine.trust(&Authority::new().pem());
    machine.configure_at(&format!("https://{}", listener.local_addr().expect("an address")), "");
    let answering = spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").expect("answered");
        // Until the client has gone: an earlier end could be the first that it sees.
        let _ = copy(&mut stream, &mut sink());
    });
    machine.fails_without_a_write("refresh", "127.0.0.1 does not answer in TLS");
    answering.join().expect("no panic");
}
