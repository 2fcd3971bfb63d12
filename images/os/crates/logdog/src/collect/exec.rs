use super::Collected;
use crate::{archive::Archive, spool::Spool};
use rustix::pipe::{PipeFlags, pipe_with};
use std::{
    fs::File,
    io,
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

/// A program that waits for what does not come must not keep the others from being run.
const DEADLINE: Duration = Duration::from_secs(120);

/// What a program writes to standard output and standard error.
pub fn collect(command: &[String], archive: &Archive) -> Collected {
    let run = || {
        let (reader, writer) = pipe_with(PipeFlags::CLOEXEC)?;
        let mut child = Command::new(&command[0])
            .args(&command[1..])
            .stdin(Stdio::null())
            .stdout(writer.try_clone()?)
            .stderr(writer)
            .spawn()?;
        let (sender, spooled) = mpsc::channel();
        let directory = archive.directory().to_owned();
        thread::spawn(move || sender.send(Spool::fill(&directory, &mut File::from(reader))));
        let in_time = spooled.recv_timeout(DEADLINE);
        let late = in_time.is_err();
        // One that writes more than is kept, or has not ended, ends now; its output with it.
        let error = end(
            &mut child,
            late || in_time.as_ref().is_ok_and(|spool| spool.as_ref().is_ok_and(|spool| spool.truncated)),
        )?;
        let spool = in_time.or_else(|_| spooled.recv_timeout(DEADLINE)).map_err(io::Error::other)??;
        let error = if late { Some(format!("it was ended after {} s", DEADLINE.as_secs())) } else { error };
        Ok::<_, io::Error>((spool, error))
    };
    match run() {
        Ok((spool, error)) => Collected { spool: Some(spool), error },
        Err(error) => Collected { spool: None, error: Some(error.to_string()) },
    }
}

/// Why it failed, unless it was told to end.
fn end(child: &mut Child, now: bool) -> io::Result<Option<String>> {
    if now {
        child.kill()?;
        child.wait()?;
        return Ok(None);
    }
    let status = child.wait()?;
    Ok((!status.success()).then(|| status.to_string()))
}
