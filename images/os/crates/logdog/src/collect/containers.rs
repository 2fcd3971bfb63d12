use containerd_client::{Client, Error, HOST_CONTAINERD_NAMESPACE};
use serde_json::{Value, json};
use std::{path::Path, time::Duration};
use tokio::time::timeout;

/// containerd may be what is broken.
const DEADLINE: Duration = Duration::from_secs(30);

/// Which containers a containerd has, and which of them run. Their specifications may hold secrets of workloads.
pub fn collect(socket: &str) -> Result<String, String> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    let listed = runtime.block_on(async { timeout(DEADLINE, list(Path::new(socket))).await });
    let listed = listed.map_err(|_| format!("no answer within {} s", DEADLINE.as_secs()))?;
    Ok(format!("{:#}\n", listed.map_err(|error| error.to_string())?))
}

async fn list(socket: &Path) -> Result<Value, Error> {
    let client = Client::connect(socket, HOST_CONTAINERD_NAMESPACE).await?;
    let mut listed = Vec::new();
    for container in client.list_containers().await? {
        let task = match client.get_task(&container.id).await {
            Ok(task) => {
                json!({ "pid": task.pid, "status": format!("{:?}", task.status()), "exit_status": task.exit_status })
            }
            Err(error) if error.is_not_found() => Value::Null,
            Err(error) => return Err(error),
        };
        listed.push(json!({ "id": container.id, "image": container.image, "task": task }));
    }
    Ok(Value::Array(listed))
}
