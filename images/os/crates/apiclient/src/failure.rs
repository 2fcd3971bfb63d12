use api_client::ClientError;
use std::{fmt, process::ExitCode};

/// Why the program ends without having done what it was asked for.
#[derive(Debug)]
pub enum Failure {
    /// The command line makes no sense.
    Usage(String),
    /// The API cannot be reached, or refuses.
    Failed(String),
    /// Nobody reads the output any more.
    OutputClosed,
}

impl Failure {
    /// Upstream's exit codes: 2 for wrong use, 1 for all else.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage(_) => 2.into(),
            Self::Failed(_) | Self::OutputClosed => ExitCode::FAILURE,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(reason) | Self::Failed(reason) => f.write_str(reason),
            Self::OutputClosed => f.write_str("the output was closed"),
        }
    }
}

impl From<lexopt::Error> for Failure {
    fn from(error: lexopt::Error) -> Self {
        Self::Usage(format!("{error}; \"apiclient --help\" shows the options"))
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        Self::Failed(error.to_string())
    }
}
