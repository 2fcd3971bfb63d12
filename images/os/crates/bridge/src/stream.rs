//! One stream: carries bytes between the host and a service's socket, within the windows of both directions.

use std::cell::Cell;
use std::io;
use std::path::Path;
use std::rc::Rc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::Notify;

use crate::codec::frame::{FrameType, MAX_PAYLOAD_BYTES, WINDOW_BYTES};
use crate::inbox::Inbox;
use crate::outbox::Outbox;

/// Smaller amounts are given back together.
const GIVE_BACK_BYTES: usize = WINDOW_BYTES / 4;

/// What a stream's two ends may still send, in bytes.
pub struct Windows {
    pub host: Cell<usize>,
    pub guest: Cell<usize>,
    pub guest_grew: Notify,
}

impl Default for Windows {
    fn default() -> Self {
        Self { host: Cell::new(WINDOW_BYTES), guest: Cell::new(WINDOW_BYTES), guest_grew: Notify::new() }
    }
}

pub struct Stream {
    pub id: u32,
    pub outbox: Rc<Outbox>,
    pub inbox: Rc<Inbox>,
    pub windows: Rc<Windows>,
}

impl Stream {
    /// Runs until both directions have ended; an error is a reason for the host to read.
    pub async fn run(self, socket: &Path) -> Result<(), String> {
        let service = UnixStream::connect(socket)
            .await
            .map_err(|error| format!("cannot connect to {}: {error}", socket.display()))?;
        let (output, input) = service.into_split();
        let carried = tokio::try_join!(self.carry_in(input), self.carry_out(output));
        carried.map(drop).map_err(|error| format!("lost {}: {error}", socket.display()))
    }

    async fn carry_in(&self, mut input: OwnedWriteHalf) -> io::Result<()> {
        let mut done = 0;
        // A service may stop listening and still have an answer to give, so a failed write ends nothing but the writing.
        let mut listening = true;
        while let Some(bytes) = self.inbox.take(GIVE_BACK_BYTES).await {
            listening = listening && input.write_all(&bytes).await.is_ok();
            done += bytes.len();
            if done >= GIVE_BACK_BYTES {
                self.windows.host.set(self.windows.host.get() + done);
                self.outbox.push_control(
                    FrameType::Win,
                    self.id,
                    &u32::try_from(done).unwrap_or(u32::MAX).to_le_bytes(),
                );
                done = 0;
            }
        }
        // A service that is gone already needs no telling.
        let _ = input.shutdown().await;
        Ok(())
    }

    async fn carry_out(&self, mut output: OwnedReadHalf) -> io::Result<()> {
        let mut buffer = vec![0; MAX_PAYLOAD_BYTES];
        loop {
            while self.windows.guest.get() == 0 {
                self.windows.guest_grew.notified().await;
            }
            let limit = self.windows.guest.get().min(buffer.len());
            let count = output.read(&mut buffer[..limit]).await?;
            self.outbox.room().await;
            if count == 0 {
                self.outbox.push_control(FrameType::End, self.id, &[]);
                return Ok(());
            }
            self.windows.guest.set(self.windows.guest.get() - count);
            self.outbox.push_data(self.id, &buffer[..count]);
        }
    }
}
