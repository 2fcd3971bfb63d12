//! The way from the image's root to the newest one, each signed as the one before demands (TUF specification, 5.3).

use super::limits::{LIMITS, limited};
use crate::causes::with_causes;
use crate::http::HttpTransport;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use tough::schema::{RoleType, Root, Signed};
use tough::{IntoVec, Transport, TransportErrorKind};
use url::Url;

/// Why there is no newest root.
#[derive(Debug)]
pub enum Fault {
    /// The record is of no use to this image.
    Record(String),
    Other(String),
}

/// Where the roots are that this machine has not seen yet.
pub struct Source<'a> {
    /// The base URL, with a slash at its end.
    pub metadata: &'a Url,
    pub transport: &'a HttpTransport,
}

/// The image's root and all that follow, of which those seen before need not be fetched, and can't be withheld.
///
/// # Errors
/// When a root is not signed by its predecessor, or those that lead to one which was seen cannot be had.
pub async fn follow(
    image_root: &Signed<Root>,
    seen: &BTreeMap<u64, Signed<Root>>,
    source: &Source<'_>,
) -> Result<Vec<Signed<Root>>, Fault> {
    image_root.signed.verify_role(image_root).map_err(|error| Fault::Other(format!("the image's root: {error}")))?;
    let mut chain = vec![image_root.clone()];
    loop {
        let trusted = &chain[chain.len() - 1];
        let version = trusted.signed.version.get() + 1;
        let next = match seen.get(&version) {
            Some(next) => {
                verify(&trusted.signed, next).map_err(|reason| {
                    Fault::Record(format!("root {version} as seen before does not follow from this image's: {reason}"))
                })?;
                next.clone()
            }
            None => match source.fetch(version).await.map_err(Fault::Other)? {
                Some(next) => {
                    verify(&trusted.signed, &next)
                        .map_err(|reason| Fault::Other(format!("{version}.root.json: {reason}")))?;
                    next
                }
                None if seen.last_key_value().is_some_and(|(newest, _)| *newest >= version) => {
                    return Err(Fault::Other(format!(
                        "the repository has no {version}.root.json, by which newer roots that this machine has seen are \
                         verified; it must go on publishing all of its roots"
                    )));
                }
                None => return Ok(chain),
            },
        };
        chain.push(next);
        if chain.len() as u64 > LIMITS.max_root_updates {
            let most = LIMITS.max_root_updates;
            return Err(Fault::Other(format!("more than {most} roots follow this image's; it is too old to update")));
        }
    }
}

/// Whether anything that was signed as `old` demands for the timestamp and the snapshot may not be good enough for
/// `new`: a key has gone, or more of them must sign. An additional key revokes nothing.
pub fn revokes(old: &Root, new: &Root) -> bool {
    [RoleType::Timestamp, RoleType::Snapshot].iter().any(|role| match (old.roles.get(role), new.roles.get(role)) {
        (Some(old), Some(new)) => {
            new.threshold > old.threshold || !old.keyids.iter().all(|key| new.keyids.contains(key))
        }
        _ => true,
    })
}

fn verify(trusted: &Root, next: &Signed<Root>) -> Result<(), String> {
    trusted.verify_role(next).and_then(|()| next.signed.verify_role(next)).map_err(|error| with_causes(&error))?;
    match (trusted.version.get() + 1, next.signed.version.get()) {
        (expected, version) if expected == version => Ok(()),
        (expected, version) => Err(format!("it has the version {version}, expected {expected}")),
    }
}

impl Source<'_> {
    /// None where there is no such root.
    async fn fetch(&self, version: u64) -> Result<Option<Signed<Root>>, String> {
        let name = format!("{version}.root.json");
        let url = self.metadata.join(&name).map_err(|error| error.to_string())?;
        let limit = LIMITS.max_root_size;
        let stream = self.transport.fetch(url.clone()).await.map_err(|error| with_causes(&error))?;
        match limited(stream, url, limit, &Arc::new(AtomicU64::new(limit))).into_vec().await {
            Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|error| format!("{name}: {error}")),
            Err(error) if error.kind() == TransportErrorKind::FileNotFound => Ok(None),
            Err(error) => Err(with_causes(&error)),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Record(reason) | Self::Other(reason)) = self;
        out.write_str(reason)
    }
}
