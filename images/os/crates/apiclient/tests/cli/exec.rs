use crate::server::{command, listen};
use exec_protocol::{Capacity, ClientMessage, ServerMessage};
use std::{
    io::Write,
    os::unix::net::UnixStream,
    process::{Child, Output, Stdio},
};
use tempfile::TempDir;
use tokio_tungstenite::tungstenite::{
    self, Message, WebSocket,
    protocol::{CloseFrame, frame::coding::CloseCode},
};

/// The server's end of a session, with the client that waits at the other.
struct Session {
    socket: WebSocket<UnixStream>,
    client: Child,
    initialize: ClientMessage,
    _dir: TempDir,
}

impl Session {
    fn begin(arguments: &[&str]) -> Self {
        let (dir, listener) = listen();
        let mut command = command(&dir);
        command.arg("exec").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let client = command.spawn().expect("started");
        let (stream, _) = listener.accept().expect("a connection");
        let mut socket = tungstenite::accept(stream).expect("a WebSocket");
        let Message::Text(text) = socket.read().expect("a message") else { panic!("Initialize is text") };
        let initialize = serde_json::from_str(&text).expect("a message");
        Self { socket, client, initialize, _dir: dir }
    }

    fn allow(&mut self, max_messages_outstanding: u64, messages_written: u64) {
        let capacity = ServerMessage::Capacity(Capacity { max_messages_outstanding, messages_written });
        self.socket.send(Message::Text(serde_json::to_string(&capacity).expect("JSON").into())).expect("sent");
    }

    fn send(&mut self, output: &[u8]) {
        self.socket.send(Message::Binary(output.to_vec().into())).expect("sent");
    }

    fn input(&mut self, bytes: &[u8]) {
        self.client.stdin.as_mut().expect("a pipe").write_all(bytes).expect("written");
    }

    /// The next message that is no sign of life.
    fn next(&mut self) -> Message {
        loop {
            match self.socket.read().expect("a message") {
                Message::Pong(_) | Message::Ping(_) => {}
                message => return message,
            }
        }
    }

    fn end(mut self, code: CloseCode, reason: &str) -> Output {
        self.socket.close(Some(CloseFrame { code, reason: reason.into() })).expect("closed");
        while self.socket.read().is_ok() {}
        self.client.wait_with_output().expect("ended")
    }
}

#[test]
fn a_command_has_its_own_options_and_no_terminal() {
    let session = Session::begin(&["admin", "--", "ls", "-t", "--help"]);
    let expected = r#"{"Initialize":{"command":[{"Unix":[108,115]},{"Unix":[45,116]},{"Unix":[45,45,104,101,108,112]}],"target":"admin","tty":null}}"#;
    assert_eq!(serde_json::to_string(&session.initialize).expect("JSON"), expected);
    let output = session.end(CloseCode::Normal, "7");
    assert_eq!(output.status.code(), Some(7));
}

#[test]
fn a_terminal_can_be_asked_for() {
    let session = Session::begin(&["-t", "admin", "sh"]);
    let ClientMessage::Initialize(initialize) = &session.initialize else { panic!("Initialize comes first") };
    assert!(initialize.tty.is_some());
    session.end(CloseCode::Normal, "0");
}

#[test]
fn input_and_output_are_the_commands_own() {
    let mut session = Session::begin(&["admin", "cat"]);
    session.input(b"before");
    session.allow(1, 0);
    assert_eq!(session.next(), Message::Binary(b"before".as_slice().into()));
    session.input(b"after");
    session.send(b"out\xff\n");
    session.allow(1, 1);
    assert_eq!(session.next(), Message::Binary(b"after".as_slice().into()));
    drop(session.client.stdin.take());
    session.allow(1, 2);
    assert_eq!(session.next(), Message::Text("\"ContentComplete\"".into()));
    let output = session.end(CloseCode::Normal, "0");
    assert!(output.status.success() && output.stdout == b"out\xff\n" && output.stderr.is_empty(), "{output:?}");
}

#[test]
fn all_output_is_there_however_fast_the_end_comes() {
    let mut session = Session::begin(&["admin", "cat"]);
    for _ in 0..50 {
        session.send(&[b'x'; 1000]);
    }
    assert_eq!(session.end(CloseCode::Normal, "143").stdout.len(), 50_000);
}

#[test]
fn a_command_that_was_not_run_is_told_with_the_servers_words() {
    let session = Session::begin(&["nope", "ls"]);
    let output = session.end(CloseCode::Error, "\"nope\" is no running host container; there are admin");
    assert_eq!(output.status.code(), Some(1));
    let told =
        "apiclient: the command was not run to its end: \"nope\" is no running host container; there are admin\n";
    assert_eq!(String::from_utf8_lossy(&output.stderr), told);
}

#[test]
fn a_broken_connection_is_no_success() {
    let session = Session::begin(&["admin", "ls"]);
    drop(session.socket);
    let output = session.client.wait_with_output().expect("ended");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("was killed"), "{output:?}");
}

#[test]
fn a_refused_connection_is_told_with_the_servers_words() {
    let server = crate::server::Server::answering(&[(503, "16 commands are running by /exec")]);
    let output = server.apiclient(&["exec", "admin", "ls"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("503: 16 commands are running"), "{output:?}");
}
