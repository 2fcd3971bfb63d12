//! A client of /exec that does what it is told, right or wrong.

use crate::server::Server;
use exec_protocol::{Argument, Capacity, ClientMessage, Initialize, ServerMessage, Size, Terminal};
use std::{os::unix::net::UnixStream, time::Duration};
use tokio_tungstenite::tungstenite::{self, Message, WebSocket, protocol::CloseFrame};

const DEADLINE: Duration = Duration::from_secs(60);

pub struct Client {
    pub socket: WebSocket<UnixStream>,
    pub output: Vec<u8>,
    pub capacities: Vec<Capacity>,
}

impl Client {
    pub fn connect(server: &Server) -> Self {
        Self::try_connect(server).expect("connected")
    }

    pub fn try_connect(server: &Server) -> Result<Self, String> {
        let stream = UnixStream::connect(server.socket()).map_err(|error| error.to_string())?;
        stream.set_read_timeout(Some(DEADLINE)).expect("set");
        match tungstenite::client("ws://localhost/exec", stream) {
            Ok((socket, _)) => Ok(Self { socket, output: Vec::new(), capacities: Vec::new() }),
            Err(tungstenite::HandshakeError::Failure(tungstenite::Error::Http(answer))) => {
                let body = String::from_utf8_lossy(answer.body().as_deref().unwrap_or_default()).into_owned();
                Err(format!("{} {body}", answer.status().as_u16()))
            }
            Err(error) => Err(error.to_string()),
        }
    }

    /// A client whose command runs.
    pub fn run(server: &Server, command: &[&str]) -> Self {
        let mut client = Self::connect(server);
        client.ask("admin", command, None);
        client.wait_until(|client| !client.capacities.is_empty());
        client
    }

    pub fn run_in_terminal(server: &Server, command: &[&str], rows: u16, cols: u16) -> Self {
        let mut client = Self::connect(server);
        client.ask("admin", command, Some(Terminal { size: Some(Size { rows, cols }) }));
        client
    }

    pub fn ask(&mut self, target: &str, command: &[&str], tty: Option<Terminal>) {
        let command = command.iter().map(|argument| Argument::Unix(argument.as_bytes().to_vec())).collect();
        self.say(&ClientMessage::Initialize(Initialize { command, target: target.into(), tty }));
    }

    pub fn say(&mut self, message: &ClientMessage) {
        self.send(Message::Text(serde_json::to_string(message).expect("JSON").into()));
    }

    pub fn send(&mut self, message: Message) {
        self.socket.send(message).expect("sent");
    }

    pub fn write(&mut self, bytes: &[u8]) {
        self.send(Message::Binary(bytes.to_vec().into()));
    }

    /// Takes messages until something has come.
    pub fn wait_until(&mut self, done: impl Fn(&Self) -> bool) {
        while !done(self) {
            let frame = self.take();
            assert!(frame.is_none(), "ended early: {frame:?}, {:?}", String::from_utf8_lossy(&self.output));
        }
    }

    pub fn wait_for_output(&mut self, text: &str) {
        self.wait_until(|client| String::from_utf8_lossy(&client.output).contains(text));
    }

    /// The code and the reason of the session's end.
    pub fn end(&mut self) -> (u16, String) {
        loop {
            if let Some(frame) = self.take() {
                return (frame.code.into(), frame.reason.to_string());
            }
        }
    }

    fn take(&mut self) -> Option<CloseFrame> {
        match self.socket.read().expect("a message") {
            Message::Binary(bytes) => self.output.extend_from_slice(&bytes),
            Message::Text(text) => {
                let ServerMessage::Capacity(capacity) = serde_json::from_str(&text).expect("a message");
                self.capacities.push(capacity);
            }
            Message::Close(frame) => return Some(frame.expect("a reason")),
            _ => {}
        }
        None
    }
}
