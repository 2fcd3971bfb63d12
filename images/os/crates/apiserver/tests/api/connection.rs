use crate::server::Server;
use std::{
    io::{BufRead, BufReader, Read, Write},
    os::unix::{fs::PermissionsExt, net::UnixStream},
};

#[test]
fn one_connection_serves_many_requests() {
    let server = Server::booted();
    let mut stream = BufReader::new(UnixStream::connect(server.socket()).expect("connected"));
    for _ in 0..100 {
        stream.get_mut().write_all(b"GET /settings?prefix=motd HTTP/1.1\r\nhost: x\r\n\r\n").expect("sent");
        let mut length = 0;
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).expect("a line");
            if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.trim().parse().expect("a length");
            }
            if line == "\r\n" {
                break;
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).expect("the body");
        assert_eq!(body, br#"{"motd":"Welcome to Sparkler!"}"#);
    }
}

#[test]
fn clients_that_go_away_or_talk_nonsense_disturb_nobody() {
    let server = Server::booted();
    for start in
        ["", "GET /set", "PATCH /settings HTTP/1.1\r\ncontent-length: 100\r\n\r\n{\"motd\"", "\0\u{7f}\r\n\r\n"]
    {
        for _ in 0..50 {
            let mut stream = UnixStream::connect(server.socket()).expect("connected");
            stream.write_all(start.as_bytes()).expect("sent");
        }
        assert_eq!(server.get("/settings?prefix=motd")["motd"], "Welcome to Sparkler!");
    }
    assert_eq!(server.get("/tx/list"), serde_json::json!([]));
}

#[test]
fn a_slow_client_does_not_hold_up_the_others() {
    let server = Server::booted();
    let mut slow = UnixStream::connect(server.socket()).expect("connected");
    slow.write_all(b"PATCH /settings HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{").expect("sent");
    assert_eq!(server.get("/settings?prefix=motd")["motd"], "Welcome to Sparkler!");
}

#[test]
fn a_request_that_has_begun_is_answered_before_the_server_stops() {
    let mut server = Server::booted();
    let mut stream = UnixStream::connect(server.socket()).expect("connected");
    stream
        .write_all(b"PATCH /settings HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\nexpect: 100-continue\r\n\r\n")
        .expect("sent");
    let mut going_on = [0; 25];
    stream.read_exact(&mut going_on).expect("the request has begun");
    server.terminate();
    std::thread::sleep(std::time::Duration::from_millis(100));
    stream.write_all(b"{}").expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("answered");
    assert!(answer.starts_with("HTTP/1.1 204 "), "{answer:?}");
    server.has_ended();
}

#[test]
fn the_socket_is_for_its_owner_and_group() {
    let server = Server::booted();
    let mode = std::fs::metadata(server.socket()).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o660);
}
