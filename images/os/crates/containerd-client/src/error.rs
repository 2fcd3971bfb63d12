use std::{fmt, io, path::PathBuf, time::Duration};
use tonic::{Code, Status};

/// Why a call did not succeed. The message names the call and holds containerd's own words.
#[derive(Debug)]
pub enum Error {
    /// The socket cannot be reached, or who answers there does not speak HTTP/2.
    Connect { socket: PathBuf, reason: io::Error },
    /// containerd refused, or the connection broke while it answered.
    Refused { call: &'static str, status: Box<Status> },
    /// There was no answer in time. containerd may still carry the call out.
    TimedOut { call: &'static str, after: Duration },
}

impl Error {
    /// Whether containerd said that it does not have what was asked for.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.code() == Some(Code::NotFound)
    }

    /// What kind of refusal it is; `None` where containerd gave no answer.
    #[must_use]
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Refused { status, .. } => Some(status.code()),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect { socket, reason } => write!(f, "{}: {reason}", socket.display()),
            // tonic gives a broken connection as an unknown error without a message.
            Self::Refused { call, status } if status.message().is_empty() => write!(f, "{call}: {:?}", status.code()),
            Self::Refused { call, status } => write!(f, "{call}: {}", status.message()),
            Self::TimedOut { call, after } => write!(f, "{call}: timed out after {} s", after.as_secs()),
        }
    }
}

impl std::error::Error for Error {}
