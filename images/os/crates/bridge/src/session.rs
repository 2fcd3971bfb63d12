//! What one HELLO began: the streams, and what the host's frames mean for them.

use std::collections::HashMap;
use std::rc::Rc;

use tokio::task::{AbortHandle, JoinSet};

use crate::codec::frame::{Frame, FrameType, MAX_REASON_BYTES, Violation, WINDOW_BYTES};
use crate::inbox::Inbox;
use crate::outbox::Outbox;
use crate::services::Services;
use crate::stream::{Stream, Windows};

/// Twice what a host keeps open: the guest may be late in forgetting.
const MAX_STREAMS: usize = 256;

/// Dropping a session ends its streams and their sockets.
pub struct Session {
    pub outbox: Rc<Outbox>,
    services: Rc<Services>,
    streams: HashMap<u32, State>,
    tasks: JoinSet<(u32, Result<(), String>)>,
    last_opened: u32,
}

enum State {
    Live {
        inbox: Rc<Inbox>,
        windows: Rc<Windows>,
        task: AbortHandle,
    },
    /// RST was sent, the answer has not come.
    Reset,
}

impl Session {
    pub fn new(services: Rc<Services>) -> Self {
        Self { outbox: Rc::default(), services, streams: HashMap::new(), tasks: JoinSet::new(), last_opened: 0 }
    }

    pub fn receive(&mut self, Frame { kind, stream, payload }: Frame) -> Result<(), Violation> {
        match kind {
            FrameType::Open => self.open(stream, &payload)?,
            FrameType::Data => self.deliver(stream, &payload)?,
            FrameType::End => self.end(stream)?,
            FrameType::Rst => self.reset(stream),
            FrameType::Win => self.grow_window(stream, &payload)?,
            FrameType::Hello | FrameType::Ack | FrameType::Boot | FrameType::Renew | FrameType::Renewed => {
                return Err(Violation(format!("{kind:?} frame in the midst of a session")));
            }
        }
        self.outbox.check_flood()
    }

    /// Waits for a stream's end and tells the host of a failure. Never completes while no stream lives.
    pub async fn stream_ended(&mut self) {
        match self.tasks.join_next().await {
            None => std::future::pending().await,
            Some(Ok((stream, Ok(())))) => drop(self.streams.remove(&stream)),
            Some(Ok((stream, Err(reason)))) => self.refuse(stream, &reason),
            Some(Err(_aborted)) => {}
        }
    }

    fn open(&mut self, stream: u32, name: &[u8]) -> Result<(), Violation> {
        if stream <= self.last_opened {
            return Err(Violation(format!("OPEN of stream {stream} after {}", self.last_opened)));
        }
        if self.streams.len() >= MAX_STREAMS {
            return Err(Violation(format!("more than {MAX_STREAMS} streams at a time")));
        }
        self.last_opened = stream;
        let socket = match self.services.socket(name) {
            Ok(socket) => socket.to_owned(),
            Err(reason) => {
                self.refuse(stream, &reason);
                return Ok(());
            }
        };
        let (inbox, windows) = (Rc::new(Inbox::default()), Rc::new(Windows::default()));
        let carrier = Stream {
            id: stream,
            outbox: Rc::clone(&self.outbox),
            inbox: Rc::clone(&inbox),
            windows: Rc::clone(&windows),
        };
        let task = self.tasks.spawn_local(async move { (stream, carrier.run(&socket).await) });
        self.streams.insert(stream, State::Live { inbox, windows, task });
        Ok(())
    }

    fn deliver(&mut self, stream: u32, bytes: &[u8]) -> Result<(), Violation> {
        match self.streams.get(&stream) {
            Some(State::Live { inbox, .. }) if inbox.has_ended() => {
                Err(Violation(format!("DATA after END of stream {stream}")))
            }
            Some(State::Live { inbox, windows, .. }) => {
                let left = windows.host.get().checked_sub(bytes.len());
                windows.host.set(left.ok_or_else(|| Violation(format!("DATA beyond the window of stream {stream}")))?);
                inbox.push(bytes);
                Ok(())
            }
            Some(State::Reset) => Ok(()),
            None => Err(Violation(format!("DATA for unknown stream {stream}"))),
        }
    }

    fn end(&mut self, stream: u32) -> Result<(), Violation> {
        match self.streams.get(&stream) {
            Some(State::Live { inbox, .. }) if !inbox.end() => Err(Violation(format!("second END of stream {stream}"))),
            Some(State::Live { .. } | State::Reset) => Ok(()),
            None => Err(Violation(format!("END for unknown stream {stream}"))),
        }
    }

    fn reset(&mut self, stream: u32) {
        match self.streams.remove(&stream) {
            Some(State::Reset) => return,
            Some(State::Live { task, .. }) => task.abort(),
            None => {}
        }
        self.outbox.forget(stream);
        self.outbox.push_control(FrameType::Rst, stream, &[]);
    }

    fn grow_window(&mut self, stream: u32, payload: &[u8]) -> Result<(), Violation> {
        let growth = u32::from_le_bytes(payload.try_into().map_err(|_| Violation("WIN without 4 bytes".into()))?);
        if let Some(State::Live { windows, .. }) = self.streams.get(&stream) {
            let window = windows.guest.get() + growth as usize;
            if window > WINDOW_BYTES {
                return Err(Violation(format!("WIN opens stream {stream} to {window} bytes")));
            }
            windows.guest.set(window);
            windows.guest_grew.notify_one();
        }
        Ok(())
    }

    fn refuse(&mut self, stream: u32, reason: &str) {
        let end = reason.floor_char_boundary(MAX_REASON_BYTES);
        self.outbox.push_control(FrameType::Rst, stream, &reason.as_bytes()[..end]);
        self.streams.insert(stream, State::Reset);
    }
}
