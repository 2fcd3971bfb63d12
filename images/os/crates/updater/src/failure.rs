//! Why a command was not carried out, and the exit status that says so (contract, section 4.1).

use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    LockHeld,
    Disallowed,
    UpdateGone,
    NothingStaged,
}

#[derive(Debug)]
pub enum Failure {
    Refused(Refusal),
    /// Anything else, in one message.
    Failed(String),
}

impl Failure {
    pub fn exit_status(&self) -> u8 {
        match self {
            Self::Failed(_) => 1,
            Self::Refused(Refusal::LockHeld) => 64,
            Self::Refused(Refusal::Disallowed) => 65,
            Self::Refused(Refusal::UpdateGone) => 66,
            Self::Refused(Refusal::NothingStaged) => 67,
        }
    }
}

/// Upstream's words, which clients match.
impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Failed(reason) => reason,
            Self::Refused(Refusal::LockHeld) => "Update lock held",
            Self::Refused(Refusal::Disallowed) => "Update action not allowed according to update state",
            Self::Refused(Refusal::UpdateGone) => "Previously chosen Update no longer exists",
            Self::Refused(Refusal::NothingStaged) => "No update image applied to staging partition",
        })
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<String> for Failure {
    fn from(reason: String) -> Self {
        Self::Failed(reason)
    }
}
