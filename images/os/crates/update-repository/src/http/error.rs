//! Why a file was not fetched, and whether another try makes sense.

use std::error::Error;
use std::fmt;

#[derive(Debug)]
pub enum FetchError {
    /// The server does not have it.
    Missing(String),
    /// It may go better another time.
    Broken(String),
    Fatal(String),
}

impl FetchError {
    pub fn broken(error: impl Error) -> Self {
        Self::Broken(with_cause(&error))
    }

    pub fn fatal(error: impl Error) -> Self {
        Self::Fatal(with_cause(&error))
    }

    /// The same, of the server or proxy `whom`.
    pub fn of(self, whom: &impl fmt::Display) -> Self {
        match self {
            Self::Missing(reason) => Self::Missing(format!("{whom}: {reason}")),
            Self::Broken(reason) => Self::Broken(format!("{whom}: {reason}")),
            Self::Fatal(reason) => Self::Fatal(format!("{whom}: {reason}")),
        }
    }
}

fn with_cause(error: &dyn Error) -> String {
    let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
    format!("{error}{cause}")
}

impl fmt::Display for FetchError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Missing(reason) | Self::Broken(reason) | Self::Fatal(reason)) = self;
        out.write_str(reason)
    }
}
