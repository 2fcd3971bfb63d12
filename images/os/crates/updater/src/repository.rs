//! The TUF repository, with what was seen of it before: older metadata than that is refused, across reboots too.

use crate::config::Config;
use crate::manifest::{Image, Manifest};
use crate::transport::HttpTransport;
use futures_util::{Stream, StreamExt};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::pin::Pin;
use tokio::runtime::{self, Runtime};
use tough::{Bytes, Limits, RepositoryLoader, TargetName};

const MIB: u64 = 1 << 20;
/// So that an endless answer is cut off, and all of it together leaves PRIVATE (41 MiB) room for the settings.
const LIMITS: Limits = Limits {
    max_root_size: MIB,
    max_timestamp_size: MIB,
    max_snapshot_size: MIB,
    max_targets_size: 10 * MIB,
    max_root_updates: 1024,
};
const MANIFEST_MAX_BYTES: u64 = 4 * MIB;

pub struct Repository {
    runtime: Runtime,
    loaded: tough::Repository,
}

impl Repository {
    /// Fetches and verifies all metadata. `target` is the version that is going to be fetched, if that is known.
    ///
    /// # Errors
    /// When the repository cannot be reached, its metadata is not as TUF demands, or older than what `seen` holds.
    pub fn load(
        config: &Config,
        root: &Path,
        seen: &Path,
        running: &Image,
        target: Option<&Image>,
    ) -> Result<Self, String> {
        let (metadata, targets) = config.addresses()?;
        let root = fs::read(root).map_err(|error| format!("{}: {error}", root.display()))?;
        fs::create_dir_all(seen).map_err(|error| format!("{}: {error}", seen.display()))?;
        let runtime = runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
        let mut query = vec![("seed", config.seed.to_string())];
        query.extend(target.map(|image| ("target", image.version.to_string())));
        query.push(("version", running.version.to_string()));
        let loader = RepositoryLoader::new(&root, metadata, targets)
            .transport(HttpTransport { query })
            .limits(LIMITS)
            .datastore(seen);
        let loaded = runtime.block_on(loader.load());
        // Also of a load that failed: what was seen until then counts.
        sync(seen).map_err(|error| format!("{}: {error}", seen.display()))?;
        Ok(Self { runtime, loaded: loaded.map_err(|error| told(&error))? })
    }

    /// # Errors
    /// When the repository has none, or it is not a manifest.
    pub fn manifest(&self) -> Result<Manifest, String> {
        let mut bytes = Vec::new();
        let target = self.open("manifest.json")?.take(MANIFEST_MAX_BYTES + 1);
        { target }.read_to_end(&mut bytes).map_err(|error| format!("manifest.json: {error}"))?;
        if bytes.len() as u64 > MANIFEST_MAX_BYTES {
            return Err(format!("manifest.json is larger than {MANIFEST_MAX_BYTES} bytes"));
        }
        Manifest::parse(&bytes)
    }

    /// The bytes of a target as they come. They are verified at their end: whoever reads must not trust them before the
    /// end was read without an error.
    pub fn open(&self, name: &str) -> Result<impl Read, String> {
        let target = TargetName::new(name).map_err(|error| format!("target {name:?}: {}", told(&error)))?;
        let stream = self.runtime.block_on(self.loaded.read_target(&target)).map_err(|error| told(&error))?;
        let stream = stream.ok_or_else(|| format!("the repository has no target {name:?}"))?;
        Ok(Target { runtime: &self.runtime, stream: Box::pin(stream), chunk: Bytes::new() })
    }
}

/// tough writes its files without bringing them to the disk.
fn sync(directory: &Path) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        File::open(entry?.path())?.sync_all()?;
    }
    File::open(directory)?.sync_all()
}

struct Target<'a> {
    runtime: &'a Runtime,
    stream: Pin<Box<dyn Stream<Item = tough::error::Result<Bytes>> + 'a>>,
    chunk: Bytes,
}

impl Read for Target<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.chunk.is_empty() {
            match self.runtime.block_on(self.stream.next()) {
                Some(chunk) => self.chunk = chunk.map_err(|error| io::Error::other(told(&error)))?,
                None => return Ok(0),
            }
        }
        let length = into.len().min(self.chunk.len());
        into[..length].copy_from_slice(&self.chunk.split_to(length));
        Ok(length)
    }
}

/// The error with its causes, none of them twice.
fn told(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let words = next.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        cause = next.source();
    }
    text
}
