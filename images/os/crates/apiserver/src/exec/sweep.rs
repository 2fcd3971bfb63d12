use super::{HostContainers, fifos, process::Process};
use containerd_client::{Client, HOST_CONTAINERD_NAMESPACE};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Ends the commands whose server was killed: nobody reads their output any more, and they would wait for ever. Their named
/// pipes tell which ones there are, by the container and by their own id.
pub async fn sweep(host: HostContainers) {
    let left: Vec<_> = children(&host.fifos).flat_map(|container| children(&container)).collect();
    if left.is_empty() {
        return;
    }
    match Client::connect(&host.containerd, HOST_CONTAINERD_NAMESPACE).await {
        Ok(client) => {
            for directory in left {
                let name = |path: Option<&Path>| Some(path?.file_name()?.to_str()?.to_owned());
                if let (Some(container), Some(exec_id)) = (name(directory.parent()), name(Some(&directory))) {
                    Process::left(&client, &container, &exec_id, directory).kill().await;
                }
            }
        }
        // Then nothing of theirs can be running, either.
        Err(_) => left.iter().for_each(|directory| fifos::remove(directory)),
    }
}

fn children(directory: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    fs::read_dir(directory).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()))
}
