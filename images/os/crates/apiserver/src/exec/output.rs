//! All that the client is sent: the command's output, how much input is taken, questions whether it is still there.

use super::{input::capacity, process::Process, refusal::Refusal};
use exec_protocol::ServerMessage;
use futures_util::{Sink, SinkExt};
use std::{cell::Cell, time::Duration};
use tokio::{
    io::AsyncReadExt,
    net::unix::pipe,
    sync::watch,
    time::{Instant, MissedTickBehavior, interval, sleep_until},
};
use tokio_tungstenite::tungstenite::{Bytes, Error, Message};

const PIECE_BYTES: usize = 16 << 10;
const PING_INTERVAL: Duration = Duration::from_secs(2);
/// What a command has written is on its way for a moment after its end. A process that it has left in the background may
/// hold its output open for ever.
const OUTPUT_AFTER_EXIT: Duration = Duration::from_secs(5);

/// Since when the client has kept a message from being sent.
pub type Blocked = Cell<Option<Instant>>;

pub struct Output<'a, S> {
    pub sink: &'a mut S,
    pub pipe: pipe::Receiver,
    /// How many messages of input are written: only the newest number counts.
    pub written: watch::Receiver<u64>,
    pub blocked: &'a Blocked,
}

impl<S: Sink<Message, Error = Error> + Unpin> Output<'_, S> {
    /// Returns the command's exit code once it and its output have ended; none, if the client has gone away.
    pub async fn send(&mut self, process: &Process) -> Result<Option<u32>, Refusal> {
        let mut exiting = std::pin::pin!(process.exit());
        let mut ping = interval(PING_INTERVAL);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut exited, mut open) = (None, true);
        // When output was last seen to come, or the command to have ended.
        let mut last = Instant::now();
        let mut piece = vec![0; PIECE_BYTES];
        loop {
            if !open && exited.is_some() {
                return Ok(exited);
            }
            let message = tokio::select! {
                Ok(()) = self.written.changed() => Some(text(&capacity(*self.written.borrow_and_update()))),
                _ = ping.tick() => Some(Message::Ping(Bytes::new())),
                read = self.pipe.read(&mut piece), if open => {
                    let length = read.unwrap_or_default();
                    open = length > 0;
                    open.then(|| Message::Binary(Bytes::copy_from_slice(&piece[..length])))
                }
                exit = &mut exiting, if exited.is_none() => {
                    exited = Some(exit?);
                    last = Instant::now();
                    None
                }
                () = sleep_until(last + OUTPUT_AFTER_EXIT), if open && exited.is_some() => {
                    open = false;
                    None
                }
            };
            let Some(message) = message else { continue };
            let is_output = message.is_binary();
            if self.put(message).await.is_err() {
                return Ok(None);
            }
            if is_output {
                last = Instant::now();
            }
        }
    }

    async fn put(&mut self, message: Message) -> Result<(), Error> {
        self.blocked.set(Some(Instant::now()));
        let sent = self.sink.send(message).await;
        self.blocked.set(None);
        sent
    }
}

fn text(message: &ServerMessage) -> Message {
    Message::Text(serde_json::to_string(message).expect("its maps have text keys").into())
}
