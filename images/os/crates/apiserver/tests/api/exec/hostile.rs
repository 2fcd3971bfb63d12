//! Clients that keep to nothing. The server loses neither memory nor its patience with others.

use super::{client::Client, containerd::Containerd};
use crate::server::Server;
use exec_protocol::ClientMessage;
use std::{thread::sleep, time::Duration};
use tokio_tungstenite::tungstenite::Message;

const MAX_SESSIONS: usize = 16;
/// What was seen is below 20 MiB; what is sent is above 60.
const MAX_MEMORY_BYTES: usize = 40 << 20;
const LARGE: usize = 64 << 20;

#[test]
fn what_is_no_session_is_refused() {
    let server = Server::booted();
    let _containerd = Containerd::listen(&server.containerd());
    let (status, text) = server.refused("GET", "/exec", "");
    assert!(status == 400 && text.contains("it takes a WebSocket"), "{status} {text}");
    assert_eq!(server.refused("POST", "/exec", "").0, 405);
    let initialize = |target: &str| format!(r#"{{"Initialize":{{"command":[],"target":"{target}","tty":null}}}}"#);
    for (message, code) in [
        (Message::Text(r#""ContentComplete""#.into()), 1008),
        (Message::Binary(vec![1].into()), 1008),
        (Message::Text("{".into()), 1007),
        (Message::Text(r#"{"Signal":9}"#.into()), 1007),
        (Message::Text(initialize("admin").into()), 1008),
        (Message::Text(initialize("../admin").into()), 1008),
        (Message::Text(" ".repeat(300 << 10).into()), 1009),
    ] {
        let mut client = Client::connect(&server);
        // The server does not take all of what is too large.
        let _ = client.socket.send(message);
        assert_eq!(client.end().0, code);
    }
    let mut client = Client::run(&server, &["sleep", "600"]);
    client.ask("admin", &["ls"], None);
    assert_eq!(client.end(), (1008, "Initialize is sent once".into()));
}

#[test]
fn there_are_so_many_sessions_and_not_one_more() {
    let server = Server::booted();
    let _containerd = Containerd::listen(&server.containerd());
    let clients: Vec<_> = (0..MAX_SESSIONS).map(|_| Client::run(&server, &["cat"])).collect();
    let refused = Client::try_connect(&server).err().expect("refused");
    assert!(refused.starts_with("503 16 commands are running by /exec"), "{refused}");
    assert_eq!(server.get("/settings?prefix=motd")["motd"], "Welcome to Sparkler!");
    drop(clients);
    crate::server::wait_for("a free session", || Client::try_connect(&server).is_ok());
}

#[test]
fn output_that_nobody_takes_stays_with_the_command() {
    let server = Server::booted();
    let _containerd = Containerd::listen(&server.containerd());
    let mut client = Client::run(&server, &["head", "-c", &LARGE.to_string(), "/dev/zero"]);
    sleep(Duration::from_secs(3));
    let memory = server.peak_memory();
    assert!(memory < MAX_MEMORY_BYTES, "{memory} bytes");
    assert_eq!(client.end(), (1000, "0".into()));
    assert_eq!(client.output.len(), LARGE);
}

#[test]
fn input_that_nobody_reads_stays_with_the_client() {
    let server = Server::booted();
    let _containerd = Containerd::listen(&server.containerd());
    let mut client = Client::run(&server, &["sleep", "600"]);
    client.socket.get_ref().set_write_timeout(Some(Duration::from_secs(2))).expect("set");
    let piece = vec![b'x'; 32 << 10];
    let mut sent = 0;
    while sent < LARGE && client.socket.send(Message::Binary(piece.clone().into())).is_ok() {
        sent += piece.len();
    }
    assert!(sent < MAX_MEMORY_BYTES / 4, "{sent} bytes were taken");
    assert!(server.peak_memory() < MAX_MEMORY_BYTES, "{} bytes", server.peak_memory());
}

#[test]
fn many_small_messages_are_all_written() {
    let server = Server::booted();
    let _containerd = Containerd::listen(&server.containerd());
    let mut client = Client::run(&server, &["wc", "-c"]);
    for _ in 0..5000 {
        client.write(b"x");
    }
    client.say(&ClientMessage::ContentComplete);
    assert_eq!(client.end(), (1000, "0".into()));
    assert_eq!(str::from_utf8(&client.output).expect("text").trim(), "5000");
}
