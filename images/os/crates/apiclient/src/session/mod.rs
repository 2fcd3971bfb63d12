//! A command in a host container, and this program's input and output as its own.

mod allowance;
mod connection;
mod input;
mod output;
mod terminal;

use crate::failure::Failure;
use allowance::Allowance;
use connection::{Connection, broken};
use exec_protocol::{Argument, ClientMessage, Initialize, ServerMessage, Size, Terminal as TerminalRequest};
use futures_util::StreamExt;
use input::Input;
use output::Output;
use std::{ffi::OsString, path::Path, process::ExitCode, time::Duration};
use terminal::Terminal;
use tokio::time::{MissedTickBehavior, interval};
use tokio_tungstenite::tungstenite::{
    Bytes, Message,
    protocol::{CloseFrame, frame::coding::CloseCode},
};

/// The server gives up on a client that is silent for 10 s. While this one waits for its output to be read it does not see the
/// server's questions, so it says by itself that it is there.
const SIGN_OF_LIFE: Duration = Duration::from_secs(4);

pub struct Request {
    pub target: String,
    pub command: Vec<OsString>,
    pub tty: bool,
}

/// Returns the command's exit code.
pub fn run(socket: &Path, request: &Request) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
    let code = runtime.block_on(converse(socket, request));
    // A thread may still wait for input, or for its output to be read, and nobody needs it any more.
    runtime.shutdown_background();
    code
}

async fn converse(socket: &Path, request: &Request) -> Result<ExitCode, Failure> {
    let (mut connection, mut messages) = Connection::open(socket).await?;
    let mut terminal = if request.tty { Some(Terminal::new().map_err(failed)?) } else { None };
    connection.say(&ClientMessage::Initialize(initialize(request, terminal.as_ref()))).await?;
    let (mut input, mut output, mut allowance) = (Some(Input::new()), Output::default(), Allowance::default());
    let mut sign_of_life = interval(SIGN_OF_LIFE);
    sign_of_life.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            written = output.written(), if output.busy() => written?,
            message = messages.next(), if !output.busy() => match message {
                Some(Ok(Message::Binary(bytes))) => output.write(bytes),
                Some(Ok(Message::Text(text))) => {
                    let ServerMessage::Capacity(capacity) = serde_json::from_str(&text).map_err(failed)?;
                    allowance.told(capacity);
                }
                Some(Ok(Message::Close(frame))) => return ended(frame.as_ref()),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(broken(&error)),
                None => return Err(Failure::Failed("the connection ended before the command, which was killed".into())),
            },
            piece = next_piece(&mut input), if allowance.left() > 0 => match piece {
                Some(bytes) => {
                    allowance.sent_one();
                    connection.send(Message::Binary(bytes)).await?;
                }
                None => {
                    input = None;
                    connection.say(&ClientMessage::ContentComplete).await?;
                }
            },
            Some(size) = resized(&mut terminal) => connection.say(&ClientMessage::Winch(size)).await?,
            _ = sign_of_life.tick() => connection.send(Message::Pong(Bytes::new())).await?,
        }
    }
}

fn initialize(request: &Request, terminal: Option<&Terminal>) -> Initialize {
    Initialize {
        command: request.command.iter().map(|argument| Argument::from(argument.as_os_str())).collect(),
        target: request.target.clone(),
        tty: terminal.map(|terminal| TerminalRequest { size: terminal.size() }),
    }
}

async fn next_piece(input: &mut Option<Input>) -> Option<Bytes> {
    match input {
        Some(input) => input.next().await,
        None => std::future::pending().await,
    }
}

async fn resized(terminal: &mut Option<Terminal>) -> Option<Size> {
    match terminal {
        Some(terminal) => terminal.resized().await,
        None => std::future::pending().await,
    }
}

fn ended(frame: Option<&CloseFrame>) -> Result<ExitCode, Failure> {
    let Some(CloseFrame { code, reason }) = frame else {
        return Err(Failure::Failed("the server ended the connection without a reason".into()));
    };
    if *code != CloseCode::Normal {
        return Err(Failure::Failed(format!("the command was not run to its end: {reason}")));
    }
    let told = reason.parse::<i64>();
    let code = told.map_err(|_| Failure::Failed(format!("the server told {reason:?}, which is no exit code")))?;
    // As with every process, the lowest byte is what reaches the caller.
    Ok(code.to_le_bytes()[0].into())
}

fn failed(error: impl std::fmt::Display) -> Failure {
    Failure::Failed(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_without_an_exit_code_is_a_failure() {
        let end = |code, reason: &str| ended(Some(&CloseFrame { code, reason: reason.into() }));
        assert!(end(CloseCode::Normal, "3").is_ok());
        assert!(ended(None).is_err());
        for (code, reason) in [(CloseCode::Normal, ""), (CloseCode::Error, "3"), (CloseCode::Away, "")] {
            assert!(end(code, reason).is_err(), "{code} {reason}");
        }
    }
}
