//! How much metadata is read and recorded, whatever lengths it states itself.

use crate::http::HttpTransport;
use async_trait::async_trait;
use futures_util::StreamExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use tough::{Limits, Transport, TransportError, TransportErrorKind, TransportStream};
use url::Url;

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;

/// Roots and timestamps have a few keys and one entry each; the specification suggests tens of kilobytes (5.3.3).
pub const LIMITS: Limits = Limits {
    max_root_size: 64 * KIB,
    max_timestamp_size: 64 * KIB,
    max_snapshot_size: MIB,
    max_targets_size: 10 * MIB,
    max_root_updates: 1024,
};

/// With the snapshots and timestamps of the repositories at most 6 MiB, of which a power cut may leave two files: PRIVATE
/// (41 MiB) has room for the settings beside them.
pub const RECORDED_ROOTS_BYTES: usize = MIB as usize;
pub const RECORDED_REPOSITORIES: usize = 4;

/// A transport for tough, which takes the lengths that metadata states for more than its own limits. Roots are not looked
/// for: the one that tough begins with is the newest.
#[derive(Clone, Debug)]
pub struct LimitedTransport {
    inner: HttpTransport,
    /// Bytes that targets metadata may still have, all delegated roles together.
    targets_left: Arc<AtomicU64>,
    loaded: Arc<AtomicBool>,
}

impl LimitedTransport {
    pub fn new(inner: HttpTransport) -> Self {
        Self { inner, targets_left: Arc::new(LIMITS.max_targets_size.into()), loaded: Arc::default() }
    }

    /// All metadata is there; what follows has the length that it states.
    pub fn let_targets_through(&self) {
        self.loaded.store(true, Ordering::Relaxed);
    }
}

#[async_trait]
impl Transport for LimitedTransport {
    async fn fetch(&self, url: Url) -> Result<TransportStream, TransportError> {
        if self.loaded.load(Ordering::Relaxed) {
            return self.inner.fetch(url).await;
        }
        let name = url.path_segments().and_then(Iterator::last).unwrap_or_default();
        let (limit, left) = match name.rsplit_once('.').map_or(name, |(stem, _)| stem) {
            stem if is(stem, "root") => return Err(TransportError::new(TransportErrorKind::FileNotFound, url)),
            "timestamp" => (LIMITS.max_timestamp_size, Arc::new(LIMITS.max_timestamp_size.into())),
            stem if is(stem, "snapshot") => (LIMITS.max_snapshot_size, Arc::new(LIMITS.max_snapshot_size.into())),
            _ => (LIMITS.max_targets_size, Arc::clone(&self.targets_left)),
        };
        Ok(limited(self.inner.fetch(url.clone()).await?, url, limit, &left))
    }
}

/// Whether a file of the name `role`, or `<version>.role`.
fn is(stem: &str, role: &str) -> bool {
    stem == role || stem.split_once('.').is_some_and(|(_, name)| name == role)
}

/// The stream up to the bytes that are `left` of `limit`; an error instead of the chunk that exceeds them.
pub fn limited(stream: TransportStream, url: Url, limit: u64, left: &Arc<AtomicU64>) -> TransportStream {
    let left = Arc::clone(left);
    Box::pin(stream.map(move |chunk| {
        let bytes = chunk?;
        let taken =
            left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes.len() as u64));
        taken.map_err(|_| {
            let reason = format!("its limit of {limit} bytes, which may be shared, is exceeded");
            TransportError::new_with_cause(TransportErrorKind::Other, url.clone(), reason)
        })?;
        Ok(bytes)
    }))
}
