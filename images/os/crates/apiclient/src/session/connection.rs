use crate::failure::Failure;
use exec_protocol::ClientMessage;
use futures_util::{SinkExt, StreamExt, stream::SplitSink, stream::SplitStream};
use std::{path::Path, time::Duration};
use tokio::{net::UnixStream, time::timeout};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Error, Message, error::ProtocolError},
};

/// For the server to take the connection.
const DEADLINE: Duration = Duration::from_secs(60);

/// The client's half of one connection that says something.
pub struct Connection(SplitSink<WebSocketStream<UnixStream>, Message>);

pub type Messages = SplitStream<WebSocketStream<UnixStream>>;

impl Connection {
    pub async fn open(socket: &Path) -> Result<(Self, Messages), Failure> {
        let at = |reason: String| Failure::Failed(format!("GET /exec on {}: {reason}", socket.display()));
        let connected = timeout(DEADLINE, async {
            let stream = UnixStream::connect(socket).await.map_err(|error| at(error.to_string()))?;
            client_async("ws://localhost/exec", stream).await.map_err(|error| at(refusal(&error)))
        });
        let late = |_| at(format!("no answer within {} s", DEADLINE.as_secs()));
        let (sink, messages) = connected.await.map_err(late)??.0.split();
        Ok((Self(sink), messages))
    }

    pub async fn say(&mut self, message: &ClientMessage) -> Result<(), Failure> {
        let text = serde_json::to_string(message).map_err(|error| Failure::Failed(error.to_string()))?;
        self.send(Message::Text(text.into())).await
    }

    pub async fn send(&mut self, message: Message) -> Result<(), Failure> {
        match self.0.send(message).await {
            // The server has said why, and that is still to be read.
            Err(Error::ConnectionClosed | Error::Io(_) | Error::Protocol(ProtocolError::SendAfterClosing)) => Ok(()),
            sent => sent.map_err(|error| broken(&error)),
        }
    }
}

pub fn broken(error: &Error) -> Failure {
    Failure::Failed(format!("the connection broke, and the command was killed: {error}"))
}

/// A server that refuses the connection says why in the body of its answer.
fn refusal(error: &Error) -> String {
    let Error::Http(answer) = error else { return error.to_string() };
    let body = answer.body().as_deref().map(String::from_utf8_lossy).unwrap_or_default();
    format!("{}: {body}", answer.status().as_u16())
}
