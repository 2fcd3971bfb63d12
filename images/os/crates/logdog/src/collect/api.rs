use api_client::Client;
use std::path::Path;

/// What the host API answers to GET.
pub fn collect(socket: &Path, path: &str) -> Result<String, String> {
    let answer = Client::new(socket).call("GET", path, b"").map_err(|error| error.to_string())?;
    Ok(answer.success()?.text())
}
