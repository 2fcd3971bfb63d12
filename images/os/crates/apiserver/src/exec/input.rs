//! What the client sends for the command's input, on its way into a named pipe.

use super::{process::Process, refusal::Refusal};
use exec_protocol::{Capacity, ServerMessage};
use std::sync::Arc;
use tokio::{
    io::AsyncWriteExt,
    net::unix::pipe,
    sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch},
};
use tokio_tungstenite::tungstenite::Bytes;

/// Upstream's, and how often it tells what has become of them.
const MAX_MESSAGES_OUTSTANDING: u64 = 1024;
const CAPACITY_INTERVAL: u64 = 128;
/// A client that sends more waits: its socket is not read.
const MAX_BYTES_OUTSTANDING: usize = 1 << 20;

/// The client's end.
pub struct Queue {
    pieces: mpsc::Sender<Piece>,
    room: Arc<Semaphore>,
}

/// The command's end.
pub struct Input {
    pieces: mpsc::Receiver<Piece>,
    pipe: Option<pipe::Sender>,
    written: u64,
}

enum Piece {
    Bytes(Bytes, OwnedSemaphorePermit),
    End,
}

pub fn channel(pipe: pipe::Sender) -> (Queue, Input) {
    let (sender, pieces) = mpsc::channel(usize::try_from(MAX_MESSAGES_OUTSTANDING).unwrap_or(usize::MAX));
    let queue = Queue { pieces: sender, room: Arc::new(Semaphore::new(MAX_BYTES_OUTSTANDING)) };
    (queue, Input { pieces, pipe: Some(pipe), written: 0 })
}

/// What the client is told when so many of its messages are written.
pub fn capacity(messages_written: u64) -> ServerMessage {
    ServerMessage::Capacity(Capacity { max_messages_outstanding: MAX_MESSAGES_OUTSTANDING, messages_written })
}

impl Queue {
    /// Returns when there is room for it.
    pub async fn push(&self, bytes: Bytes) {
        let size = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        if let Ok(room) = Arc::clone(&self.room).acquire_many_owned(size).await {
            // The other end is there as long as the session is.
            let _ = self.pieces.send(Piece::Bytes(bytes, room)).await;
        }
    }

    pub async fn end(&self) {
        let _ = self.pieces.send(Piece::End).await;
    }
}

impl Input {
    /// Writes whatever comes, and never returns. `told` gets how many messages the client is to be told of.
    pub async fn write(mut self, process: &Process, told: &watch::Sender<u64>) -> Refusal {
        while let Some(piece) = self.pieces.recv().await {
            match piece {
                Piece::End => {
                    self.pipe = None;
                    process.close_stdin().await;
                }
                Piece::Bytes(bytes, _room) => {
                    if let Some(pipe) = &mut self.pipe
                        && let Err(error) = pipe.write_all(&bytes).await
                    {
                        return Refusal::error(format!("the command's input cannot be written: {error}"));
                    }
                    self.written += 1;
                    if self.written.is_multiple_of(CAPACITY_INTERVAL) {
                        told.send_replace(self.written);
                    }
                }
            }
        }
        std::future::pending().await
    }
}
