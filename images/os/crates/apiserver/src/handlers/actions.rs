use crate::{answer::Answer, error::ApiError};
use tokio::process::Command;

/// `systemctl reboot` waits only until systemd has taken the job on, so the answer comes before the services stop.
pub async fn reboot() -> Result<Answer, ApiError> {
    let output = Command::new("systemctl").arg("reboot").output().await;
    let output = output.map_err(|error| ApiError::Reboot(format!("systemctl: {error}")))?;
    if output.status.success() {
        return Ok(Answer::NoContent);
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    let code = output.status.code().unwrap_or(-1);
    Err(ApiError::Reboot(format!("exit code: {code}, stderr: {}", stderr.trim())))
}
