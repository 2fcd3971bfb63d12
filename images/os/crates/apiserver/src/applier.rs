use crate::error::ApiError;
use models::Key;
use rustix::fs::{MemfdFlags, memfd_create};
use std::{
    cell::Cell,
    fs::File,
    io::{self, Seek, Write},
    path::PathBuf,
    process::Stdio,
    rc::Rc,
};
use tokio::process::{Child, Command};

/// They work one after the other, and each takes memory of its own while it waits.
const MAX_AT_WORK: usize = 8;

/// The program that takes settings to where they have an effect.
pub struct Applier {
    program: PathBuf,
    at_work: Rc<Cell<usize>>,
}

/// The right to start one applier: asked for before anything is committed, so that what is committed is applied.
pub struct Turn<'a>(&'a Applier);

impl Applier {
    pub fn new(program: PathBuf) -> Self {
        Self { program, at_work: Rc::default() }
    }

    pub fn turn(&self) -> Result<Turn<'_>, ApiError> {
        if self.at_work.get() < MAX_AT_WORK {
            Ok(Turn(self))
        } else {
            Err(ApiError::AppliersBusy { limit: MAX_AT_WORK })
        }
    }
}

impl Turn<'_> {
    /// Starts the settings applier for `keys`, or for everything, and leaves it to its work.
    pub fn start(self, keys: Option<&[Key]>) -> Result<(), ApiError> {
        let Self(Applier { program, at_work }) = self;
        let started = match keys {
            None => spawn(program, "--all", Stdio::null()),
            Some(keys) => listed(keys).and_then(|keys| spawn(program, "--keys", keys.into())),
        };
        let mut child = started.map_err(|source| ApiError::ApplierStart { program: program.clone(), source })?;
        at_work.set(at_work.get() + 1);
        let at_work = Rc::clone(at_work);
        tokio::task::spawn_local(async move {
            // It writes to the journal itself how it has ended.
            let _ = child.wait().await;
            at_work.set(at_work.get() - 1);
        });
        Ok(())
    }
}

fn spawn(program: &PathBuf, scope: &str, input: Stdio) -> io::Result<Child> {
    Command::new(program).arg(scope).stdin(input).spawn()
}

/// One key a line, in memory: an argument holds at most 128 KiB (execve(2)), and a pipe would have to be filled while the
/// applier reads.
fn listed(keys: &[Key]) -> io::Result<File> {
    let mut file = File::from(memfd_create("keys", MemfdFlags::CLOEXEC)?);
    let lines: String = keys.iter().map(|key| format!("{key}\n")).collect();
    file.write_all(lines.as_bytes())?;
    file.rewind()?;
    Ok(file)
}
