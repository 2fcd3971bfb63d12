use datastore::{BadTransactionName, StoreError};
use hyper::StatusCode;
use models::{KeyError, SettingsError, refusal::shown};
use std::{fmt, io, path::PathBuf, time::Duration};

/// Every refusal. The text is the whole body; where upstream has the case, the words are upstream's, as clients match them.
/// Clients write these texts to journals and consoles, so none repeats a value of a setting, and of a name only its beginning.
#[derive(Debug)]
pub enum ApiError {
    MissingInput(&'static str),
    EmptyInput(&'static str),
    BadFlag { name: &'static str, value: String },
    BadKey { name: String, source: KeyError },
    BadJson(serde_json::Error),
    BadSettings(SettingsError),
    BadKeyPair { number: usize },
    BadPairs(String),
    BadTransaction(BadTransactionName),
    NotFound(String),
    UnknownPath(String),
    WrongMethod { method: String, allowed: &'static str },
    NotWebSocket(&'static str),
    SessionsBusy { limit: usize },
    BodyTooLarge { limit: usize },
    BodyLate { limit: Duration },
    BodyBroken(hyper::Error),
    Busy,
    Store(StoreError),
    ApplierStart { program: PathBuf, source: io::Error },
    AppliersBusy { limit: usize },
    UpdateLockHeld,
    UpdateFetching { fetched_bytes: u64, total_bytes: u64 },
    UpdateNotAllowed,
    UpdateGone,
    NoStagedImage,
    NoUpdateStatus,
    UpdateDispatch(String),
    RollbackRefused(String),
    BadLivepatchName(String),
    LivepatchLockHeld(String),
    LivepatchNotAllowed(String),
    NoLivepatch(String),
    LivepatchDispatch(String),
    Reboot(String),
    Report(String),
}

impl ApiError {
    pub fn status(&self) -> StatusCode {
        match self {
            Self::MissingInput(_)
            | Self::EmptyInput(_)
            | Self::BadFlag { .. }
            | Self::BadKey { .. }
            | Self::BadJson(_)
            | Self::BadSettings(_)
            | Self::BadKeyPair { .. }
            | Self::BadPairs(_)
            | Self::BadTransaction(_)
            | Self::NotWebSocket(_)
            | Self::BadLivepatchName(_)
            | Self::BodyBroken(_) => StatusCode::BAD_REQUEST,
            Self::NotFound(_)
            | Self::UnknownPath(_)
            | Self::UpdateGone
            | Self::NoStagedImage
            | Self::NoLivepatch(_)
            | Self::NoUpdateStatus => StatusCode::NOT_FOUND,
            Self::UpdateNotAllowed | Self::RollbackRefused(_) | Self::LivepatchNotAllowed(_) => StatusCode::CONFLICT,
            Self::UpdateLockHeld | Self::UpdateFetching { .. } | Self::LivepatchLockHeld(_) => StatusCode::LOCKED,
            Self::WrongMethod { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::BodyLate { .. } => StatusCode::REQUEST_TIMEOUT,
            Self::Busy | Self::AppliersBusy { .. } | Self::SessionsBusy { .. } => StatusCode::SERVICE_UNAVAILABLE,
            Self::BodyTooLarge { .. } | Self::Store(StoreError::Full { .. }) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Store(StoreError::NothingPending) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Store(_)
            | Self::ApplierStart { .. }
            | Self::UpdateDispatch(_)
            | Self::LivepatchDispatch(_)
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
            Self::BadFlag { name, value } => write!(f, "Input '{name}' is true or false, not '{}'", shown(value)),
            Self::BadKey { name, source } => write!(f, "Unable to make data key '{}': {source}", shown(name)),
            Self::BadJson(source) => write!(f, "Unable to deserialize input JSON into model: {source}"),
            Self::BadSettings(source) => write!(f, "Unable to deserialize input JSON into model: {source}"),
            Self::BadKeyPair { number } => {
                write!(f, "Failed to split the string: pair {number} does not take the form setting.name=value")
            }
            Self::BadPairs(reason) => write!(f, "Unable to deserialize input JSON into model: {reason}"),
            Self::BadTransaction(source) => source.fmt(f),
            Self::NotFound(what) => write!(f, "Found no '{}' in datastore", shown(what)),
            Self::UnknownPath(path) => write!(f, "There is no \"{}\" here", shown(path)),
            Self::WrongMethod { method, allowed } => {
                write!(f, "Method {} is not allowed here, this path takes {allowed}", shown(method))
            }
            Self::NotWebSocket(reason) => write!(f, "/exec cannot be asked so: {reason}"),
            Self::SessionsBusy { limit } => {
                write!(f, "{limit} commands are running by /exec; try again when one has ended")
            }
            Self::BodyTooLarge { limit } => write!(f, "The request body is larger than {limit} bytes"),
            Self::BodyLate { limit } => {
                write!(f, "The request body did not end within {} s; send it without a pause", limit.as_secs())
            }
            Self::Busy => f.write_str("Too many large requests and answers are under way; try again later"),
            Self::BodyBroken(source) => write!(f, "The request body broke off: {source}"),
            Self::Store(source) => source.fmt(f),
            Self::ApplierStart { program, source } => {
                write!(f, "Unable to start config applier {}: {source}", program.display())
            }
            Self::AppliersBusy { limit } => {
                write!(f, "{limit} config appliers are at work, nothing was committed; try again when they are done")
            }
            Self::UpdateLockHeld => f.write_str("Update lock held"),
            Self::UpdateFetching { fetched_bytes, total_bytes } => {
                write!(f, "Update lock held: {fetched_bytes} of {total_bytes} bytes of the update are fetched")
            }
            Self::UpdateNotAllowed => f.write_str("Update action not allowed according to update state"),
            Self::UpdateGone => f.write_str("Previously chosen Update no longer exists"),
            Self::NoStagedImage => f.write_str("No update image applied to staging partition"),
            Self::NoUpdateStatus => f.write_str("Update status is uninitialized, refresh-updates to initialize it"),
            Self::UpdateDispatch(reason) => write!(f, "Update dispatcher failed: {reason}"),
            Self::RollbackRefused(reason) => write!(f, "Unable to roll back: {reason}"),
            Self::BadLivepatchName(name) => {
                write!(
                    f,
                    "Input 'name' is the name of a live patch: a-z, 0-9 and \"-\" between them, not '{}'",
                    shown(name)
                )
            }
            Self::LivepatchLockHeld(words) | Self::LivepatchNotAllowed(words) | Self::NoLivepatch(words) => {
                f.write_str(words)
            }
            Self::LivepatchDispatch(reason) => write!(f, "Live patch dispatcher failed: {reason}"),
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
