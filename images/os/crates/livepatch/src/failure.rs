//! Why a command was not carried out.

use std::fmt;

#[derive(Debug, PartialEq, Eq)]
pub enum Failure {
    /// Another command is at work.
    Busy,
    /// The state that things are in doesn't allow it.
    Conflict(String),
    /// There is no such live patch.
    Missing(String),
    Failed(String),
}

impl Failure {
    /// The word by which the host API knows it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::Conflict(_) => "conflict",
            Self::Missing(_) => "missing",
            Self::Failed(_) => "failed",
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy => out.write_str("Live patch lock held"),
            Self::Conflict(reason) | Self::Missing(reason) | Self::Failed(reason) => out.write_str(reason),
        }
    }
}

impl From<String> for Failure {
    fn from(reason: String) -> Self {
        Self::Failed(reason)
    }
}
