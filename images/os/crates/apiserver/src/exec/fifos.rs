use rustix::fs::{CWD, FileType, Mode, mknodat};
use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};
use tokio::net::unix::pipe;

/// The named pipes between this server and containerd's shim, in a directory of their own until this is dropped.
pub struct Fifos {
    directory: PathBuf,
}

/// This server's ends.
pub struct Ends {
    pub stdin: pipe::Sender,
    pub output: pipe::Receiver,
    /// Keeps the output from ending before the shim has opened it.
    pub until_started: File,
}

impl Fifos {
    pub fn make(directory: PathBuf) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(&directory)?;
        let fifos = Self { directory };
        for path in [fifos.stdin(), fifos.output()] {
            mknodat(CWD, &path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0)?;
        }
        Ok(fifos)
    }

    /// Those of a former server.
    pub fn found(directory: PathBuf) -> Self {
        Self { directory }
    }

    pub fn stdin(&self) -> PathBuf {
        self.directory.join("stdin")
    }

    /// Of standard output and standard error both, as upstream has it.
    pub fn output(&self) -> PathBuf {
        self.directory.join("output")
    }

    pub fn open(&self) -> io::Result<Ends> {
        Ok(Ends {
            // For both, because there is no reader yet.
            stdin: pipe::OpenOptions::new().read_write(true).open_sender(self.stdin())?,
            output: pipe::OpenOptions::new().open_receiver(self.output())?,
            until_started: OpenOptions::new().write(true).open(self.output())?,
        })
    }
}

impl Drop for Fifos {
    fn drop(&mut self) {
        remove(&self.directory);
    }
}

/// Removes a directory of pipes, and that of its container if it was the last one.
pub fn remove(directory: &Path) {
    if let Err(error) = fs::remove_dir_all(directory) {
        eprintln!("{}: {error}", directory.display());
    }
    if let Some(of_container) = directory.parent() {
        // Others may be in it.
        let _ = fs::remove_dir(of_container);
    }
}
