//! The port as a non-blocking byte stream: a virtio-serial character device, or a unix socket that stands in for one.

use std::fs::OpenOptions;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::os::unix::net::UnixStream;
use std::path::Path;

use rustix::event::{Timespec, epoll};
use rustix::fs::OFlags;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

pub struct Port {
    device: OwnedFd,
    /// A hang-up of the host is a lasting state of the device, and tokio never forgets one that it was told of: it
    /// would spin. An edge-triggered epoll of our own reports each change once, and tokio watches that.
    changes: AsyncFd<OwnedFd>,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Device,
    Socket,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Received {
    Bytes(usize),
    Nothing,
    /// No host is connected; it may come back.
    HostAway,
}

impl Port {
    pub fn open(path: &Path) -> io::Result<Self> {
        let kind = if std::fs::metadata(path)?.file_type().is_socket() { Kind::Socket } else { Kind::Device };
        let device: OwnedFd = match kind {
            Kind::Socket => {
                let socket = UnixStream::connect(path)?;
                socket.set_nonblocking(true)?;
                socket.into()
            }
            Kind::Device => {
                let flags = OFlags::NONBLOCK.bits() as i32;
                OpenOptions::new().read(true).write(true).custom_flags(flags).open(path)?.into()
            }
        };
        let watch = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let events = epoll::EventFlags::IN | epoll::EventFlags::OUT | epoll::EventFlags::ET;
        epoll::add(&watch, &device, epoll::EventData::new_u64(0), events)?;
        #[allow(
            deprecated,
            reason = "the successor is unsafe, for types that may change their descriptor; OwnedFd does not"
        )]
        let changes = AsyncFd::with_interest(watch, Interest::READABLE)?;
        Ok(Self { device, changes, kind })
    }

    /// Completes when the port may have become readable, writable or hung up since the last call.
    pub async fn changed(&self) -> io::Result<()> {
        let mut guard = self.changes.readable().await?;
        let mut event = [MaybeUninit::uninit(); 1];
        epoll::wait(guard.get_inner(), &mut event[..], Some(&Timespec::default()))?;
        guard.clear_ready();
        Ok(())
    }

    /// Fills as much of `buffer` as has arrived: the device gives at most a page at a time.
    pub fn read(&self, buffer: &mut [u8]) -> io::Result<Received> {
        let mut filled = 0;
        while filled < buffer.len() {
            match rustix::io::read(&self.device, &mut buffer[filled..]) {
                Ok(0) if filled == 0 => return self.end_of_input(),
                Ok(0) | Err(rustix::io::Errno::AGAIN) => break,
                Ok(count) => filled += count,
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(if filled == 0 { Received::Nothing } else { Received::Bytes(filled) })
    }

    fn end_of_input(&self) -> io::Result<Received> {
        match self.kind {
            Kind::Device => Ok(Received::HostAway),
            Kind::Socket => Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the socket's other end is gone")),
        }
    }

    /// How many of `bytes` the port took: 0 when it is full or no host is there.
    pub fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        match rustix::io::write(&self.device, bytes) {
            Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => Ok(0),
            written => Ok(written?),
        }
    }
}
