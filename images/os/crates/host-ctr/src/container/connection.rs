//! containerd may be killed and come back at any time; its containers live on meanwhile.

use crate::kind::Host;
use containerd_client::{Client, Code, Error, Exit, HOST_CONTAINERD_NAMESPACE};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// For containerd to come back: longer than a start of it takes under emulation.
const DEADLINE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(500);

/// # Errors
/// When containerd cannot be reached for a minute.
pub async fn open(host: &Host) -> Result<Client, String> {
    let deadline = Instant::now() + DEADLINE;
    loop {
        match Client::connect(&host.containerd_socket(), HOST_CONTAINERD_NAMESPACE).await {
            Ok(client) => return Ok(client),
            Err(error) if Instant::now() > deadline => return Err(error.to_string()),
            Err(_) => sleep(PAUSE).await,
        }
    }
}

/// Waits until the container's task has ended, through restarts of containerd.
///
/// # Errors
/// When there is no such task, or containerd does not come back.
pub async fn wait(host: &Host, client: &Client, id: &str) -> Result<Exit, String> {
    let mut waited = client.wait_for_task(id).await;
    loop {
        match waited {
            Ok(exit) => return Ok(exit),
            Err(error) if !is_lost(&error) => return Err(error.to_string()),
            Err(error) => {
                eprintln!("the connection to containerd is lost ({error}); waiting for it to come back");
                sleep(PAUSE).await;
                waited = open(host).await?.wait_for_task(id).await;
            }
        }
    }
}

/// A server that goes away ends a call as unavailable, cancelled or, in the middle of its answer, with no reason.
fn is_lost(error: &Error) -> bool {
    !matches!(error.code(), Some(Code::NotFound | Code::FailedPrecondition | Code::InvalidArgument | Code::Internal))
}
