use datastore::{BadTransactionName, StoreError};
use hyper::StatusCode;
use models::{KeyError, SettingsError};
use std::{fmt, io, path::PathBuf};

/// Every refusal. The text is the whole body; where upstream has the case, the words are upstream's, as clients match them.
#[derive(Debug)]
pub enum ApiError {
    MissingInput(&'static str),
    EmptyInput(&'static str),
    BadKey { name: String, source: KeyError },
    BadJson(serde_json::Error),
    BadSettings(SettingsError),
    BadKeyPair(String),
    BadTransaction(BadTransactionName),
    NotFound(String),
    UnknownPath(String),
    WrongMethod { method: String, allowed: &'static str },
    BodyTooLarge { limit: usize },
    BodyBroken(hyper::Error),
    Store(StoreError),
    ApplierStart { program: PathBuf, source: io::Error },
    UpdateLockHeld,
    UpdateNotAllowed,
    UpdateGone,
    NoStagedImage,
    NoUpdateStatus,
    UpdateDispatch(String),
    RollbackRefused(String),
    Reboot(String),
    Report(String),
}

impl ApiError {
    pub fn status(&self) -> StatusCode {
        match self {
            Self::MissingInput(_)
            | Self::EmptyInput(_)
            | Self::BadKey { .. }
            | Self::BadJson(_)
            | Self::BadSettings(_)
            | Self::BadKeyPair(_)
            | Self::BadTransaction(_)
            | Self::BodyBroken(_) => StatusCode::BAD_REQUEST,
            Self::NotFound(_)
            | Self::UnknownPath(_)
            | Self::UpdateGone
            | Self::NoStagedImage
            | Self::NoUpdateStatus => StatusCode::NOT_FOUND,
            Self::UpdateNotAllowed | Self::RollbackRefused(_) => StatusCode::CONFLICT,
            Self::UpdateLockHeld => StatusCode::LOCKED,
            Self::WrongMethod { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::BodyTooLarge { .. } | Self::Store(StoreError::Full { .. }) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Store(StoreError::NothingPending) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Store(_)
            | Self::ApplierStart { .. }
            | Self::UpdateDispatch(_)
            | Self::Reboot(_)
            | Self::Report(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingInput(input) => write!(f, "Missing required input '{input}'"),
            Self::EmptyInput(input) => write!(f, "Input '{input}' cannot be empty"),
            Self::BadKey { name, source } => write!(f, "Unable to make data key '{name}': {source}"),
            Self::BadJson(source) => write!(f, "Unable to deserialize input JSON into model: {source}"),
            Self::BadSettings(source) => write!(f, "Unable to deserialize input JSON into model: {source}"),
            Self::BadKeyPair(input) => {
                write!(f, "Failed to split the string: {input}; it takes the form setting.name=value")
            }
            Self::BadTransaction(source) => source.fmt(f),
            Self::NotFound(what) => write!(f, "Found no '{what}' in datastore"),
            Self::UnknownPath(path) => write!(f, "There is no {path:?} here"),
            Self::WrongMethod { method, allowed } => {
                write!(f, "Method {method} is not allowed here, this path takes {allowed}")
            }
            Self::BodyTooLarge { limit } => write!(f, "The request body is larger than {limit} bytes"),
            Self::BodyBroken(source) => write!(f, "The request body broke off: {source}"),
            Self::Store(source) => source.fmt(f),
            Self::ApplierStart { program, source } => {
                write!(f, "Unable to start config applier {}: {source}", program.display())
            }
            Self::UpdateLockHeld => f.write_str("Update lock held"),
            Self::UpdateNotAllowed => f.write_str("Update action not allowed according to update state"),
            Self::UpdateGone => f.write_str("Previously chosen Update no longer exists"),
            Self::NoStagedImage => f.write_str("No update image applied to staging partition"),
            Self::NoUpdateStatus => f.write_str("Update status is uninitialized, refresh-updates to initialize it"),
            Self::UpdateDispatch(reason) => write!(f, "Update dispatcher failed: {reason}"),
            Self::RollbackRefused(reason) => write!(f, "Unable to roll back: {reason}"),
            Self::Reboot(reason) => write!(f, "Failed to reboot, {reason}"),
            Self::Report(reason) => write!(f, "Unable to generate report: {reason}"),
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(source: StoreError) -> Self {
        Self::Store(source)
    }
}
