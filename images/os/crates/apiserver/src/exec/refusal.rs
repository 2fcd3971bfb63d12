use containerd_client::Error;
use std::fmt::Display;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, frame::coding::CloseCode};

/// The most that fits into a close frame beside its code (RFC 6455, section 5.5).
const MAX_REASON_BYTES: usize = 123;

/// Why a session ends other than by its command's end.
#[derive(Debug)]
pub struct Refusal {
    code: CloseCode,
    reason: String,
}

impl Refusal {
    /// The client has not kept to the protocol.
    pub fn policy(reason: impl Display) -> Self {
        Self { code: CloseCode::Policy, reason: reason.to_string() }
    }

    /// What was sent is not what is read here.
    pub fn invalid(reason: impl Display) -> Self {
        Self { code: CloseCode::Invalid, reason: reason.to_string() }
    }

    pub fn too_large(limit: usize) -> Self {
        Self { code: CloseCode::Size, reason: format!("a message has at most {limit} bytes") }
    }

    /// The command cannot be run.
    pub fn error(reason: impl Display) -> Self {
        Self { code: CloseCode::Error, reason: reason.to_string() }
    }

    pub fn stopping() -> Self {
        Self { code: CloseCode::Away, reason: "the host API server is stopping; the command was killed".into() }
    }

    pub fn frame(&self) -> CloseFrame {
        CloseFrame { code: self.code, reason: fitting(&self.reason).into() }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::error(error)
    }
}

/// A long reason leads from the outermost to the innermost fault, divided by colons. The innermost says most, so that is kept.
fn fitting(reason: &str) -> &str {
    let mut rest = reason;
    while rest.len() > MAX_REASON_BYTES {
        match rest.split_once(": ") {
            Some((_, inner)) => rest = inner,
            None => return &rest[..rest.floor_char_boundary(MAX_REASON_BYTES)],
        }
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_reason_keeps_its_innermost_part() {
        let runc = "Tasks/Start: OCI runtime exec failed: exec failed: unable to start container process: exec: \"nano\": \
                    executable file not found in $PATH: unknown";
        let shown = fitting(runc);
        assert!(
            shown.len() <= MAX_REASON_BYTES && shown.contains("exec: \"nano\": executable file not found"),
            "{shown}"
        );
        assert_eq!(fitting("short: reason"), "short: reason");
        assert_eq!(fitting(&"ä".repeat(100)), "ä".repeat(61));
    }
}
