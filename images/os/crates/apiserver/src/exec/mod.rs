//! Commands in host containers, over WebSockets: `GET /exec` (contract, section 3.2).

mod fifos;
mod handshake;
mod input;
mod name;
mod output;
mod process;
mod refusal;
mod session;
mod spec;
mod sweep;

use crate::error::ApiError;
use hyper::{Request, body::Incoming, upgrade};
use hyper_util::rt::TokioIo;
use std::{cell::Cell, path::PathBuf, rc::Rc};
use tokio::{sync::watch, task::spawn_local};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::protocol::{Role, WebSocketConfig},
};

/// Each has a socket, two named pipes and a connection to containerd of its own.
pub const MAX_SESSIONS: usize = 16;
/// Of one message. Upstream's client sends pieces of a few KiB, ours of 16 KiB; a command takes four bytes for each of its own.
const MAX_MESSAGE_BYTES: usize = 256 << 10;
const BUFFER_BYTES: usize = 16 << 10;

/// Where host containers are.
#[derive(Clone)]
pub struct HostContainers {
    /// Of the containerd that runs them.
    pub containerd: PathBuf,
    /// A directory for the named pipes of commands, which is nobody else's.
    pub fifos: PathBuf,
}

pub struct Exec {
    host: HostContainers,
    at_work: Rc<Cell<usize>>,
    stopping: watch::Sender<bool>,
}

impl Exec {
    pub fn new(host: HostContainers) -> Self {
        Self { host, at_work: Rc::default(), stopping: watch::Sender::new(false) }
    }

    /// Ends what a former server has left behind when it was killed.
    pub fn sweep(&self) {
        spawn_local(sweep::sweep(self.host.clone()));
    }

    /// Takes a connection for a session; what is returned is the key for the answer that switches protocols.
    pub fn accept(&self, mut request: Request<Incoming>) -> Result<String, ApiError> {
        let key = handshake::accept(&request)?;
        if self.at_work.get() >= MAX_SESSIONS {
            return Err(ApiError::SessionsBusy { limit: MAX_SESSIONS });
        }
        let counted = Counted::new(&self.at_work);
        let (host, stopping) = (self.host.clone(), self.stopping.subscribe());
        let upgraded = upgrade::on(&mut request);
        spawn_local(async move {
            let _counted = counted;
            // A client that goes away instead has asked for nothing yet.
            let Ok(upgraded) = upgraded.await else { return };
            let config = WebSocketConfig::default()
                .read_buffer_size(BUFFER_BYTES)
                .write_buffer_size(0)
                .max_message_size(Some(MAX_MESSAGE_BYTES))
                .max_frame_size(Some(MAX_MESSAGE_BYTES));
            let socket = WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, Some(config)).await;
            session::serve(socket, &host, stopping).await;
        });
        Ok(key)
    }

    /// Ends all sessions with their commands.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }

    pub fn is_idle(&self) -> bool {
        self.at_work.get() == 0
    }
}

/// One session, until it is dropped.
struct Counted(Rc<Cell<usize>>);

impl Counted {
    fn new(at_work: &Rc<Cell<usize>>) -> Self {
        at_work.set(at_work.get() + 1);
        Self(Rc::clone(at_work))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}
