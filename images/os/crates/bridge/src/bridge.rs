//! The event loop: one port, one session at a time.

use std::io;
use std::rc::Rc;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::codec::decoder::{Decoder, Item};
use crate::codec::frame::{Frame, FrameType, MAX_REASON_BYTES, NONCE_BYTES, VERSION, Violation};
use crate::port::{Port, Received};
use crate::renewal::{Nonce, Renewal};
use crate::services::Services;
use crate::session::Session;

/// A host that reconnects at once says HELLO before this is over, so its hang-up needs no answer of its own.
const HANG_UP_LASTS: Duration = Duration::from_secs(1);
const READ_BYTES: usize = 64 * 1024;

pub struct Bridge {
    port: Port,
    services: Rc<Services>,
    decoder: Decoder,
    /// The magic came, its frame has not.
    beginning: bool,
    session: Session,
    host: Host,
    /// Of the latest renewal: memory shows by it where it comes from. Outlives sessions.
    planted: Nonce,
}

enum Host {
    Here,
    AwaySince(Instant),
    Gone,
}

impl Bridge {
    pub fn new(port: Port, services: Services) -> Self {
        let services = Rc::new(services);
        let session = Session::new(Rc::clone(&services));
        Self {
            port,
            services,
            decoder: Decoder::default(),
            beginning: false,
            session,
            host: Host::Here,
            planted: [0; NONCE_BYTES],
        }
    }

    /// Serves hosts until the port fails.
    pub async fn serve(mut self) -> io::Result<()> {
        let mut buffer = vec![0; READ_BYTES];
        self.session.outbox.push_greeting(FrameType::Boot, &[]);
        loop {
            self.session.outbox.flush(|bytes| self.port.write(bytes))?;
            match self.port.read(&mut buffer)? {
                Received::Bytes(count) => {
                    self.host = Host::Here;
                    self.receive(&buffer[..count]);
                    tokio::task::yield_now().await;
                    continue;
                }
                Received::Nothing => self.host = Host::Here,
                Received::HostAway => self.note_host_away(),
            }
            let patience = match self.host {
                Host::AwaySince(start) => Some(start + HANG_UP_LASTS),
                Host::Here | Host::Gone => None,
            };
            let outbox = Rc::clone(&self.session.outbox);
            tokio::select! {
                changed = self.port.changed() => changed?,
                () = outbox.added() => {}
                () = self.session.stream_ended() => {}
                () = sleep_until(patience.unwrap_or_else(Instant::now)), if patience.is_some() => {}
            }
        }
    }

    fn note_host_away(&mut self) {
        match self.host {
            Host::Here => self.host = Host::AwaySince(Instant::now()),
            Host::AwaySince(start) if start.elapsed() >= HANG_UP_LASTS => {
                self.host = Host::Gone;
                self.begin_session();
                self.decoder.lose_step();
            }
            Host::AwaySince(_) | Host::Gone => {}
        }
    }

    fn receive(&mut self, bytes: &[u8]) {
        self.decoder.push(bytes);
        loop {
            let received = match self.decoder.next() {
                Ok(None) => return,
                Ok(Some(Item::Beginning)) => {
                    self.beginning = true;
                    Ok(())
                }
                Ok(Some(Item::Frame(frame))) if self.beginning => self.greet(frame),
                Ok(Some(Item::Frame(Frame { kind: FrameType::Renew, payload, .. }))) => self.renew(&payload),
                Ok(Some(Item::Frame(frame))) => self.session.receive(frame),
                Err(violation) => Err(violation),
            };
            if let Err(Violation(what)) = received {
                eprintln!("giving up the session, the host broke the protocol: {what}");
                self.decoder.lose_step();
                self.begin_session();
                self.session.outbox.push_greeting(FrameType::Boot, &[]);
            }
        }
    }

    fn greet(&mut self, Frame { kind, payload: nonce, .. }: Frame) -> Result<(), Violation> {
        self.beginning = false;
        if kind != FrameType::Hello || nonce.len() != NONCE_BYTES || !nonce.is_ascii() {
            return Err(Violation(format!("{kind:?} of {} bytes where a HELLO belongs", nonce.len())));
        }
        self.begin_session();
        self.session.outbox.push_greeting(FrameType::Ack, &[nonce.as_slice(), &[VERSION]].concat());
        Ok(())
    }

    /// Done before the next frame is looked at, so a stream opened after it sees a renewed machine.
    fn renew(&mut self, payload: &[u8]) -> Result<(), Violation> {
        let renewal = Renewal::parse(payload)?;
        let faults = renewal.apply().join("\n");
        let end = faults.floor_char_boundary(MAX_REASON_BYTES);
        let answer = [self.planted.as_slice(), &faults.as_bytes()[..end]].concat();
        self.session.outbox.push_control(FrameType::Renewed, 0, &answer);
        self.planted = renewal.nonce;
        Ok(())
    }

    fn begin_session(&mut self) {
        self.session = Session::new(Rc::clone(&self.services));
    }
}
