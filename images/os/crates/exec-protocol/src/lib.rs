//! The text messages of the host API's `/exec`, as upstream Bottlerocket has them. Input and output of the command are
//! binary messages, its exit code is the reason of the close frame.

use serde::{Deserialize, Serialize};
use std::{
    ffi::{OsStr, OsString},
    os::unix::ffi::{OsStrExt, OsStringExt},
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClientMessage {
    /// The first of all.
    Initialize(Initialize),
    /// The end of the command's input.
    ContentComplete,
    /// The terminal has another size now.
    Winch(Size),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ServerMessage {
    Capacity(Capacity),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Initialize {
    /// A program and its arguments.
    pub command: Vec<Argument>,
    /// The host container to run it in.
    pub target: String,
    /// Run it in a terminal.
    pub tty: Option<Terminal>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terminal {
    pub size: Option<Size>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Size {
    pub rows: u16,
    pub cols: u16,
}

/// How much input the server takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capacity {
    /// How many binary messages may be sent that are not yet written.
    pub max_messages_outstanding: u64,
    /// How many binary messages were written to the command so far.
    pub messages_written: u64,
}

/// An argument is bytes, as for the kernel. This is how serde writes the `OsString`s of upstream's messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Argument {
    Unix(Vec<u8>),
}

impl Argument {
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        let Self::Unix(bytes) = self;
        bytes
    }
}

impl From<&OsStr> for Argument {
    fn from(text: &OsStr) -> Self {
        Self::Unix(text.as_bytes().to_vec())
    }
}

impl From<OsString> for Argument {
    fn from(text: OsString) -> Self {
        Self::Unix(text.into_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_have_the_form_of_upstream() {
        let tty = Some(Terminal { size: Some(Size { rows: 24, cols: 80 }) });
        let command = vec![Argument::from(OsStr::new("ls"))];
        let messages = [
            (
                ClientMessage::Initialize(Initialize { command, target: "admin".into(), tty }),
                r#"{"Initialize":{"command":[{"Unix":[108,115]}],"target":"admin","tty":{"size":{"rows":24,"cols":80}}}}"#,
            ),
            (ClientMessage::ContentComplete, r#""ContentComplete""#),
            (ClientMessage::Winch(Size { rows: 1, cols: 2 }), r#"{"Winch":{"rows":1,"cols":2}}"#),
        ];
        for (message, json) in messages {
            assert_eq!(serde_json::to_string(&message).expect("written"), json);
            assert_eq!(serde_json::from_str::<ClientMessage>(json).expect("read"), message);
        }
        let capacity = ServerMessage::Capacity(Capacity { max_messages_outstanding: 1024, messages_written: 128 });
        let json = r#"{"Capacity":{"max_messages_outstanding":1024,"messages_written":128}}"#;
        assert_eq!(serde_json::to_string(&capacity).expect("written"), json);
    }

    #[test]
    fn upstream_needs_a_command_and_a_target() {
        for json in [r#"{"Initialize":{"command":[]}}"#, r#"{"Initialize":{"target":"x"}}"#, r#"{"Signal":9}"#, "{}"] {
            assert!(serde_json::from_str::<ClientMessage>(json).is_err(), "{json}");
        }
    }
}
