use crate::{answer::Answer, error::ApiError, systemctl};

/// `systemctl reboot` ends when systemd has taken the job on, not when the machine goes down.
pub async fn reboot() -> Result<Answer, ApiError> {
    systemctl::run(&["reboot"]).await.map_err(ApiError::Reboot)?;
    Ok(Answer::NoContent)
}
