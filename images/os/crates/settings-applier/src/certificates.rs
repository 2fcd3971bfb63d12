use minijinja::{Error, ErrorKind, Value};
use std::fs;

/// For templates: the certificates to trust, of a file that the image brings and of `settings.pki`, in the form of PEM.
///
/// # Errors
/// When the file cannot be read, or one of both is not of its form.
pub fn trusted(shipped: &str, pki: Value) -> Result<String, Error> {
    let fail = |reason: String| Error::new(ErrorKind::InvalidOperation, format!("{shipped}: {reason}"));
    let certificates = fs::read_to_string(shipped).map_err(|error| fail(error.to_string()))?;
    if pki.is_undefined() {
        // Unchanged, so that at most boots there is nothing to write.
        return Ok(certificates);
    }
    let pki = serde_json::to_value(pki).map_err(|error| fail(error.to_string()))?;
    models::trusted_certificates(certificates.as_bytes(), &pki).map_err(fail)
}
