//! A container's output, through named pipes to this program's own, which is the journal.

use crate::kind::Target;
use containerd_client::Streams;
use rustix::fs::{CWD, FileType, Mode, mknodat};
use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    rc::Rc,
};
use tokio::{
    net::unix::pipe::{OpenOptions, Receiver},
    task::JoinHandle,
};

const PIECE_BYTES: usize = 64 << 10;

struct Stream {
    path: PathBuf,
    pipe: Rc<Receiver>,
    into: fn(&[u8]) -> io::Result<()>,
}

pub struct Output {
    streams: [Stream; 2],
}

impl Output {
    pub fn open(target: &Target) -> io::Result<Self> {
        let stream = |suffix: &str, into| {
            let path = target.run_file(suffix);
            Ok::<_, io::Error>(Stream { pipe: Rc::new(pipe(&path)?), path, into })
        };
        Ok(Self {
            streams: [
                stream("stdout", |bytes| io::stdout().write_all(bytes))?,
                stream("stderr", |bytes| io::stderr().write_all(bytes))?,
            ],
        })
    }

    /// As containerd takes them.
    pub fn streams(&self) -> Streams {
        let [stdout, stderr] = self.streams.each_ref().map(|stream| stream.path.display().to_string());
        Streams { stdout, stderr, ..Streams::default() }
    }

    /// Must be called within a `LocalSet`.
    pub fn forward(self) -> Forwarding {
        let task = |Stream { pipe, into, .. }: &Stream| {
            let (pipe, into) = (pipe.clone(), *into);
            tokio::task::spawn_local(async move {
                while pipe.readable().await.is_ok() {
                    if let Err(error) = take(&pipe, into) {
                        eprintln!("the output cannot be read any further: {error}");
                        return;
                    }
                }
            })
        };
        Forwarding { tasks: self.streams.each_ref().map(task), output: self }
    }
}

pub struct Forwarding {
    tasks: [JoinHandle<()>; 2],
    output: Output,
}

impl Forwarding {
    /// Takes what is still in the pipes. Nobody writes to them any more.
    pub fn finish(self) -> io::Result<()> {
        for (task, stream) in self.tasks.iter().zip(&self.output.streams) {
            task.abort();
            take(&stream.pipe, stream.into)?;
        }
        io::stdout().flush()
    }
}

/// The pipes are of no use without the process that read them.
pub fn remove(target: &Target) {
    for suffix in ["stdout", "stderr"] {
        // Not there is what it is to be.
        let _ = fs::remove_file(target.run_file(suffix));
    }
}

/// Both ends are held, so that containerd can close its own and open it again.
fn pipe(path: &Path) -> io::Result<Receiver> {
    let _ = fs::remove_file(path);
    mknodat(CWD, path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0)?;
    OpenOptions::new().read_write(true).open_receiver(path)
}

fn take(pipe: &Receiver, into: fn(&[u8]) -> io::Result<()>) -> io::Result<()> {
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        match pipe.try_read(&mut piece) {
            Ok(0) => return Ok(()),
            Ok(length) => into(&piece[..length])?,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}
