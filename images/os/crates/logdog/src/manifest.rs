use serde::Serialize;

pub const NAME: &str = "manifest.json";

/// What became of the requests.
#[derive(Default, Serialize)]
pub struct Manifest {
    pub files: Vec<Entry>,
}

#[derive(Debug, Serialize)]
pub struct Entry {
    /// In the archive.
    pub file: String,
    /// Where it is from.
    pub source: String,
    pub bytes: u64,
    /// Only its beginning is in the archive.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
    /// Why it is not there, or not whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl Manifest {
    pub fn failed(&self) -> usize {
        self.files.iter().filter(|entry| entry.error.is_some()).count()
    }
}
