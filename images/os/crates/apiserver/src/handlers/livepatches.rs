//! Live patches are their manager's work. This server may not load modules; it hands commands to a socket, and for each
//! systemd starts a manager that may.

use crate::{answer::Answer, app::App, error::ApiError, query::Query, report::taint};
use serde_json::{Value, json};
use std::{fs, io, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
    time::timeout,
};

/// For the manager to be started and to find a command allowed or not.
const DEADLINE: Duration = Duration::from_secs(60);
const MAX_ANSWER_BYTES: u64 = 4096;

/// What the manager told last, with what the kernel says at this moment.
pub async fn list(app: &App) -> Result<Answer, ApiError> {
    if !app.livepatches.status.exists() {
        // Nobody has asked in this boot.
        dispatch(app, "observe").await?;
    }
    let fail = |reason: &str| ApiError::LivepatchDispatch(format!("{}: {reason}", app.livepatches.status.display()));
    let text = fs::read(&app.livepatches.status).map_err(|error| fail(&error.to_string()))?;
    let mut status: Value = serde_json::from_slice(&text).map_err(|error| fail(&error.to_string()))?;
    status["kernel"]["version"] = fs::read_to_string("/proc/version").ok().map(|text| text.trim().to_owned()).into();
    status["taint"] = json!(taint::read());
    Answer::json(&status)
}

pub async fn dispatch_named(app: &App, command: &str, query: &Query) -> Result<Answer, ApiError> {
    let name = query.required("name")?;
    let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    // The manager knows the rest of the rule; nothing else may become a part of its command.
    if name.len() > 64 || !name.bytes().all(is_allowed) {
        return Err(ApiError::BadLivepatchName(name.to_owned()));
    }
    dispatch(app, &format!("{command} {name}")).await
}

/// Starts a command, and answers as soon as the manager has found it allowed.
pub async fn dispatch(app: &App, command: &str) -> Result<Answer, ApiError> {
    let answered = async {
        let mut stream = UnixStream::connect(&app.livepatches.socket).await?;
        stream.write_all(format!("{command}\n").as_bytes()).await?;
        read_line(&mut stream).await
    };
    let answer = match timeout(DEADLINE, answered).await {
        Ok(answer) => answer.map_err(|error| ApiError::LivepatchDispatch(error.to_string()))?,
        Err(_) => {
            let reason = format!(
                "the manager gave no answer within {} s; GET /livepatches shows what it does",
                DEADLINE.as_secs()
            );
            return Err(ApiError::LivepatchDispatch(reason));
        }
    };
    let (kind, words) = answer.split_once(' ').unwrap_or((&answer, ""));
    Err(match kind {
        "dispatched" => return Ok(Answer::NoContent),
        "busy" => ApiError::LivepatchLockHeld(words.into()),
        "conflict" => ApiError::LivepatchNotAllowed(words.into()),
        "missing" => ApiError::NoLivepatch(words.into()),
        "invalid" => ApiError::BadLivepatchName(command.split_once(' ').map_or(command, |(_, name)| name).into()),
        _ if answer.is_empty() => {
            ApiError::LivepatchDispatch("the manager ended without an answer; the journal says why".into())
        }
        _ => ApiError::LivepatchDispatch(words.into()),
    })
}

/// The manager goes on after its answer, and keeps the connection.
async fn read_line(stream: &mut UnixStream) -> io::Result<String> {
    let mut line = Vec::new();
    let mut limited = stream.take(MAX_ANSWER_BYTES);
    loop {
        match limited.read_u8().await {
            Ok(b'\n') => break,
            Ok(byte) => line.push(byte),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => break,
            Err(error) => return Err(error),
        }
    }
    Ok(String::from_utf8_lossy(&line).into_owned())
}
