//! Updates are the updater's work, in a process of its own that outlives this one; here it is started and asked.

use crate::{
    answer::Answer,
    app::{App, Updates},
    error::ApiError,
};
use std::{
    fs::{self, File, TryLockError},
    io,
    process::{ExitStatus, Stdio},
    time::Duration,
};
use tokio::{
    io::AsyncReadExt,
    process::{Child, Command},
    time::timeout,
};

/// For the updater to find a command allowed or not, which takes it milliseconds, or to roll back.
const DEADLINE: Duration = Duration::from_secs(60);

/// The file that the updater keeps, unless it is at work on it.
pub fn status(app: &App) -> Result<Answer, ApiError> {
    let Updates { status, lock, .. } = &app.updates;
    let fail = |error: io::Error| ApiError::UpdateDispatch(format!("{}: {error}", status.display()));
    let _lock = match File::open(lock) {
        Ok(file) => match file.try_lock_shared() {
            Ok(()) => Some(file),
            Err(TryLockError::WouldBlock) => return Err(ApiError::UpdateLockHeld),
            Err(TryLockError::Error(error)) => return Err(fail(error)),
        },
        // Nothing has ever taken it.
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(fail(error)),
    };
    match fs::read(status) {
        Ok(json) => Ok(Answer::Json(json)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(ApiError::NoUpdateStatus),
        Err(error) => Err(fail(error)),
    }
}

/// Starts `command`, and answers as soon as the updater has found it allowed.
pub async fn dispatch(app: &App, command: &str) -> Result<Answer, ApiError> {
    let mut child = start(app, command, Stdio::inherit())?;
    let mut stdout = child.stdout.take().expect("standard output is a pipe");
    let told = within(stdout.read(&mut [0])).await?;
    if told > 0 {
        // The runtime reaps a child whose handle was dropped.
        return Ok(Answer::NoContent);
    }
    Err(refusal(within(child.wait()).await?, String::new()))
}

pub async fn roll_back(app: &App) -> Result<Answer, ApiError> {
    let child = start(app, "rollback", Stdio::piped())?;
    let output = within(child.wait_with_output()).await?;
    if output.status.success() {
        return Ok(Answer::NoContent);
    }
    Err(refusal(output.status, String::from_utf8_lossy(&output.stderr).trim().to_owned()))
}

fn start(app: &App, command: &str, stderr: Stdio) -> Result<Child, ApiError> {
    let program = &app.updates.program;
    let spawned = Command::new(program).arg(command).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(stderr).spawn();
    spawned.map_err(|error| ApiError::UpdateDispatch(format!("{}: {error}", program.display())))
}

async fn within<T>(step: impl Future<Output = io::Result<T>>) -> Result<T, ApiError> {
    match timeout(DEADLINE, step).await {
        Ok(done) => done.map_err(|error| ApiError::UpdateDispatch(error.to_string())),
        Err(_) => Err(ApiError::UpdateDispatch(format!("no answer within {} s", DEADLINE.as_secs()))),
    }
}

/// The updater's exit statuses, of which 64 to 67 are upstream's.
fn refusal(status: ExitStatus, reason: String) -> ApiError {
    match status.code() {
        Some(64) => ApiError::UpdateLockHeld,
        Some(65) => ApiError::UpdateNotAllowed,
        Some(66) => ApiError::UpdateGone,
        Some(67) => ApiError::NoStagedImage,
        Some(68) => ApiError::RollbackRefused(reason),
        _ => ApiError::UpdateDispatch(format!("the updater ended with {status}; the journal says why {reason}")),
    }
}
