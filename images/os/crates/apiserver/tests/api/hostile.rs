//! Clients that mean ill, or do not know what they do. Whatever they do, the API answers the next one.

use crate::server::Server;
use serde_json::{Map, json};
use std::{
    io::{Read, Write},
    os::unix::net::UnixStream,
    time::{Duration, Instant},
};

/// More than the server takes at a time, several times over.
const MANY: usize = 300;
/// What the server needs beside connections.
const OTHER_DESCRIPTORS: usize = 16;
const MAX_CONNECTIONS: usize = 64;
/// Twice what was seen. The bodies that are sent have 300 MiB.
const MAX_MEMORY_BYTES: usize = 70 << 20;
/// Linear work takes milliseconds, or a few seconds unoptimized on a busy host; what was quadratic took minutes.
const SOON: Duration = Duration::from_secs(40);

fn answers(server: &Server) {
    let start = Instant::now();
    assert_eq!(server.get("/settings?prefix=motd")["motd"], "Welcome to Sparkler!");
    assert!(start.elapsed() < SOON, "the answer took {:?}", start.elapsed());
}

/// So many connections that have sent `start`, as far as the server has let them.
fn crowd(size: usize, server: &Server, start: &[u8]) -> Vec<UnixStream> {
    let connect = |_| {
        let mut stream = UnixStream::connect(server.socket()).expect("connected");
        // Those that are sent away cannot write any more.
        let _ = stream.write_all(start);
        stream
    };
    (0..size).map(connect).collect()
}

#[test]
fn a_key_without_end_is_refused() {
    let server = Server::booted();
    let deep = ["a"; 40_000].join(".");
    let pairs = json!({ "request_payload": [format!("{deep}=1")] }).to_string();
    let (status, text) = server.refused("PATCH", "/settings/keypair", &pairs);
    assert!(status == 400 && text.ends_with("…': a key has at most 2048 bytes") && text.len() < 1000, "{text}");
    let nested = format!("{}1{}", "{\"a\":".repeat(40_000), "}".repeat(40_000));
    assert_eq!(server.refused("PATCH", "/settings", &nested).0, 400);
    for path in ["/settings", "/metadata/affected-services", "/metadata/templates"] {
        assert_eq!(server.refused("GET", &format!("{path}?keys={}", &deep[..60_001]), "").0, 400, "{path}");
    }
    answers(&server);
}

#[test]
fn the_longest_questions_are_answered_soon() {
    let server = Server::booted();
    let sysctls: Map<_, _> = (0..10_000).map(|n| (format!("net.core.parameter-{n}"), json!("1"))).collect();
    server.ok("PATCH", "/settings", &json!({"kernel": {"sysctl": sysctls}}).to_string());
    let containers: Map<_, _> = (0..10_000).map(|n| (format!("c{n}"), json!({"enabled": true}))).collect();
    server.ok("PATCH", "/settings", &json!({ "host-containers": containers }).to_string());
    server.ok("POST", "/tx/commit", "");
    let deep = ["a"; 64].join(".");
    let start = Instant::now();
    for keys in [[deep.as_str(); 500].join(","), ["b"; 31_000].join(",")] {
        for path in ["/settings", "/metadata/affected-services", "/metadata/templates"] {
            assert_eq!(server.get(&format!("{path}?keys={keys}")), json!({}), "{path}");
        }
    }
    assert!(start.elapsed() < SOON, "the answers took {:?}", start.elapsed());
    assert_eq!(server.call("GET", &format!("/settings?keys={}", "b,".repeat(40_000)), "").status, 414);
}

#[test]
fn connections_that_ask_nothing_keep_nobody_out() {
    let server = Server::booted();
    for start in ["", "GET /settings HTTP/1.1\r\nhost:", "GET /settings HTTP/1.1\r\nhost: x\r\n\r\n"] {
        let crowd = crowd(MANY, &server, start.as_bytes());
        answers(&server);
        let descriptors = server.descriptors();
        assert!(descriptors <= MAX_CONNECTIONS + OTHER_DESCRIPTORS, "{descriptors} descriptors");
        drop(crowd);
    }
}

#[test]
fn bodies_that_do_not_end_take_little_memory() {
    let server = Server::booted();
    let head = "PATCH /settings HTTP/1.1\r\nhost: x\r\ncontent-length: 1048576\r\n\r\n";
    let crowd = crowd(MANY, &server, &[head.as_bytes(), &vec![b' '; (1 << 20) - 1]].concat());
    answers(&server);
    assert!(server.peak_memory() < MAX_MEMORY_BYTES, "{} bytes", server.peak_memory());
    drop(crowd);
    server.ok("PATCH", "/settings", &json!({"motd": "x".repeat(16384)}).to_string());
}

#[test]
fn large_answers_that_nobody_takes_have_a_limit_together() {
    let server = Server::booted();
    for part in 0..2 {
        let name = |n: usize| format!("net.core.{}-{part}-{n}", "x".repeat(80));
        let sysctls: Map<_, _> = (0..700).map(|n| (name(n), json!("y".repeat(1000)))).collect();
        server.ok("PATCH", "/settings", &json!({"kernel": {"sysctl": sysctls}}).to_string());
    }
    server.ok("POST", "/tx/commit", "");
    let crowd = crowd(16, &server, b"GET / HTTP/1.1\r\nhost: x\r\n\r\n");
    answers(&server);
    eprintln!("PEAK {}", server.peak_memory());
    let mut refused = 0;
    for mut stream in crowd {
        let mut start = [0; 12];
        refused += usize::from(stream.read_exact(&mut start).is_ok() && &start == b"HTTP/1.1 503");
    }
    assert!(refused > 0, "the memory was never full");
    assert!(server.get("/").to_string().len() > 1 << 20);
}

#[test]
fn a_head_without_end_is_refused() {
    let server = Server::booted();
    let mut stream = UnixStream::connect(server.socket()).expect("connected");
    stream.write_all(b"GET / HTTP/1.1\r\n").expect("sent");
    let header = format!("x: {}\r\n", "y".repeat(1000));
    while stream.write_all(header.as_bytes()).is_ok() {}
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
}
