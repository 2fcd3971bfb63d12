//! Updates are the updater's work, in a process of its own that outlives this one; here it is started and asked.

use crate::{
    answer::Answer,
    app::{App, Updates},
    error::ApiError,
    query::Query,
};
use serde_json::Value;
use std::{
    fs::{self, File, TryLockError},
    io,
    path::Path,
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
/// For a killed updater to end. Only one that waits for the disk takes longer.
const END_DEADLINE: Duration = Duration::from_secs(5);
/// Of its reason not to roll back.
const MAX_REASON_BYTES: u64 = 4096;

/// The file that the updater keeps, unless it is at work on it: then, as upstream has it, nothing but a refusal, which
/// tells how far a download has come.
pub fn status(app: &App) -> Result<Answer, ApiError> {
    let Updates { status, lock, .. } = &app.updates;
    let fail = |error: io::Error| ApiError::UpdateDispatch(format!("{}: {error}", status.display()));
    let _lock = match File::open(lock) {
        Ok(file) => match file.try_lock_shared() {
            Ok(()) => Some(file),
            Err(TryLockError::WouldBlock) => return Err(fetching(status).unwrap_or(ApiError::UpdateLockHeld)),
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

fn fetching(status: &Path) -> Option<ApiError> {
    let status: Value = serde_json::from_slice(&fs::read(status).ok()?).ok()?;
    let bytes = |name: &str| status.get("progress")?.get(name)?.as_u64();
    Some(ApiError::UpdateFetching { fetched_bytes: bytes("fetched_bytes")?, total_bytes: bytes("total_bytes")? })
}

/// Looks for updates. With `recover=true` the operator accepts that the updater begins its record of what it has seen
/// anew, if it is unusable, and that the clock is right, if it is behind.
pub async fn refresh(app: &App, query: &Query) -> Result<Answer, ApiError> {
    let arguments = if query.flag("recover")? { &["refresh", "--recover"][..] } else { &["refresh"] };
    dispatch(app, arguments).await
}

/// Starts a command, and answers as soon as the updater has found it allowed.
pub async fn dispatch(app: &App, arguments: &[&str]) -> Result<Answer, ApiError> {
    let mut child = start(&app.updates.program, arguments, Stdio::inherit())?;
    let mut stdout = child.stdout.take().expect("standard output is a pipe");
    let finished = async {
        let told = stdout.read(&mut [0]).await?;
        // The runtime reaps a child whose handle was dropped.
        if told > 0 { Ok(None) } else { child.wait().await.map(Some) }
    };
    match within(finished).await {
        Some(Ok(None)) => Ok(Answer::NoContent),
        Some(Ok(Some(status))) => Err(refusal(status, String::new())),
        Some(Err(error)) => Err(ApiError::UpdateDispatch(error.to_string())),
        None => Err(give_up(&mut child).await),
    }
}

pub async fn roll_back(app: &App) -> Result<Answer, ApiError> {
    let mut child = start(&app.updates.program, &["rollback"], Stdio::piped())?;
    let stderr = child.stderr.take().expect("standard error is a pipe");
    let finished = async {
        let mut reason = Vec::new();
        stderr.take(MAX_REASON_BYTES).read_to_end(&mut reason).await?;
        Ok((child.wait().await?, reason))
    };
    match within(finished).await {
        Some(Ok((status, _))) if status.success() => Ok(Answer::NoContent),
        Some(Ok((status, reason))) => Err(refusal(status, String::from_utf8_lossy(&reason).trim().to_owned())),
        Some(Err(error)) => Err(ApiError::UpdateDispatch(error.to_string())),
        None => Err(give_up(&mut child).await),
    }
}

fn start(program: &Path, arguments: &[&str], stderr: Stdio) -> Result<Child, ApiError> {
    let spawned =
        Command::new(program).args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(stderr).spawn();
    spawned.map_err(|error| ApiError::UpdateDispatch(format!("{}: {error}", program.display())))
}

async fn within<T>(finished: impl Future<Output = io::Result<T>>) -> Option<io::Result<T>> {
    timeout(DEADLINE, finished).await.ok()
}

/// Ends an updater that has not answered: a client that is told of a failure must not be surprised by a success. What it
/// has written by then is what a power cut could leave, too.
async fn give_up(child: &mut Child) -> ApiError {
    // Failing here means that it has ended in this moment.
    let _ = child.start_kill();
    let outcome = match timeout(END_DEADLINE, child.wait()).await {
        Ok(_) => "it was ended; refresh, and look at /updates/status for what has been done",
        Err(_) => "it cannot be ended while it waits for the disk, so what was asked for may still happen",
    };
    ApiError::UpdateDispatch(format!("the updater gave no answer within {} s: {outcome}", DEADLINE.as_secs()))
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The clock of a paused runtime goes on to the next deadline when nothing else is left to do.
    #[tokio::test(start_paused = true)]
    async fn an_updater_that_gives_no_answer_is_ended() {
        let mut child = start(Path::new("sleep"), &["600"], Stdio::null()).expect("started");
        assert!(within(child.wait()).await.is_none());
        tokio::time::resume();
        let told = give_up(&mut child).await.to_string();
        assert!(told.contains("no answer within 60 s: it was ended"), "{told}");
        assert!(child.try_wait().expect("reaped").is_some_and(|status| !status.success()));
    }
}
