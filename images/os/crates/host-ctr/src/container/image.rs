use super::registry;
use crate::{kind::Host, spec::ImageProcess};
use containerd_client::{Client, Code, Error};
use serde::Deserialize;
use std::{fs, time::Duration};
use tokio::time::{Instant, sleep};

/// How containers' file systems are put together: the kernel's overlay file system.
pub const SNAPSHOTTER: &str = "overlayfs";
/// What containerd notes on an image's configuration once all of its layers are unpacked.
const UNPACKED: &str = "containerd.io/gc.ref.snapshot.overlayfs";
/// Of an image's configuration. Images in the wild have a few KiB.
const MAX_BYTES: usize = 4 << 20;
/// For the network to come up: an address server answers within seconds.
const NETWORK_DEADLINE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(200);
/// Between attempts, as upstream has it: a registry may be restarted, or a name server not be reachable yet.
const PAUSES_SECONDS: [u64; 5] = [1, 2, 4, 8, 16];

/// An image that is there and unpacked.
pub struct Image {
    /// The digest of its configuration.
    pub id: String,
    /// The snapshot of all its layers.
    pub snapshot: String,
    pub process: ImageProcess,
}

#[derive(Deserialize)]
struct ImageConfiguration {
    #[serde(default)]
    os: String,
    #[serde(default)]
    architecture: String,
    #[serde(default)]
    config: ImageProcess,
}

/// The image that `source` names: the present one of a tag, or without asking the registry, if it is named by a digest and
/// there already.
///
/// # Errors
/// When it cannot be had or is none for this machine; nothing of it is kept then.
pub async fn provide(host: &Host, client: &Client, source: &str) -> Result<Image, String> {
    let present = if source.contains('@') { client.find_image(source).await } else { Ok(None) };
    let id = match present.map_err(|error| error.to_string())? {
        Some(id) => id,
        None => pull(host, client, source).await?,
    };
    let image = open(client, &id).await;
    if image.is_err() {
        client.remove_image(&id).await.map_err(|error| error.to_string())?;
    }
    image
}

async fn pull(host: &Host, client: &Client, source: &str) -> Result<String, String> {
    wait_for_network().await;
    let credentials = registry::credentials(host, source)?;
    let mut pauses = PAUSES_SECONDS.iter();
    loop {
        let error = match client.pull_image(source, credentials.clone()).await {
            Ok(id) => return Ok(id),
            Err(error) => error,
        };
        match pauses.next().filter(|_| may_succeed_later(&error)) {
            None if error.code() == Some(Code::Cancelled) => {
                return Err(format!("{error}: the registry sent nothing for a minute"));
            }
            None => return Err(error.to_string()),
            Some(seconds) => {
                eprintln!("image {source}: {error}; trying again in {seconds} s");
                sleep(Duration::from_secs(*seconds)).await;
            }
        }
    }
}

/// A registry that does not have the image says so, a reference that is none stays one, and one that is mute was waited for
/// by containerd (`image_pull_progress_timeout`).
fn may_succeed_later(error: &Error) -> bool {
    !matches!(error.code(), Some(Code::NotFound | Code::InvalidArgument | Code::Cancelled))
}

async fn open(client: &Client, id: &str) -> Result<Image, String> {
    let bytes = client.read_content(id, MAX_BYTES).await.map_err(|error| error.to_string())?;
    let read: ImageConfiguration =
        serde_json::from_slice(&bytes).map_err(|error| format!("its configuration is not one of an image: {error}"))?;
    let (found, wanted) = (format!("{}/{}", read.os, read.architecture), this_machine());
    if found != wanted {
        return Err(format!("it is for {found}, and this machine is {wanted}"));
    }
    let mut labels = client.content_labels(id).await.map_err(|error| error.to_string())?;
    let snapshot = labels.remove(UNPACKED).ok_or("its layers could not be unpacked")?;
    Ok(Image { id: id.to_owned(), snapshot, process: read.config })
}

/// By the names of the OCI image specification, which are Go's.
fn this_machine() -> String {
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    format!("linux/{architecture}")
}

/// Early in a boot there may be no address yet. What is wrong with a network that never comes up is told by the pull.
async fn wait_for_network() {
    let deadline = Instant::now() + NETWORK_DEADLINE;
    while !has_address() && Instant::now() < deadline {
        sleep(PAUSE).await;
    }
}

/// Whether there is a route for IPv4, or an address of a global scope for IPv6, on anything but the loopback card.
fn has_address() -> bool {
    let lines = |path| fs::read_to_string(path).unwrap_or_default();
    let routes = lines("/proc/net/route").lines().skip(1).any(|line| !line.starts_with("lo\t"));
    routes || lines("/proc/net/if_inet6").lines().any(is_global)
}

/// Address, index, length of the prefix, scope, flags and card, in hexadecimal (ipv6(7)).
fn is_global(line: &str) -> bool {
    let fields: Vec<_> = line.split_whitespace().collect();
    matches!(fields[..], [_, _, _, "00", _, card] if card != "lo")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_that_others_reach_is_one() {
        assert!(is_global("fec00000000000005054 02 40 00 00 eth0"));
        assert!(!is_global("fe800000000000005054 02 40 20 80 eth0"));
        assert!(!is_global("00000000000000000001 01 80 10 80 lo"));
        assert!(!is_global(""));
    }
}
