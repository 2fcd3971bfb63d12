//! The repository: what it has, and its targets as they come.

use crate::causes::with_causes;
use crate::config::Config;
use crate::http::{Client, HttpTransport, Roots};
use crate::places::Places;
use crate::trust;
use futures_util::{Stream, StreamExt};
use serde_json::Value;
use std::collections::HashMap;
use std::io::{self, Read};
use std::path::PathBuf;
use std::pin::Pin;
use tokio::runtime::{self, Runtime};
use tough::{Bytes, TargetName};

pub struct Repository {
    runtime: Runtime,
    loaded: tough::Repository,
    scratch: PathBuf,
}

impl Repository {
    /// Fetches and verifies all metadata. `query` is what the machine tells of itself with each request, sorted by name.
    ///
    /// # Errors
    /// When the repository cannot be reached, or its metadata is not trusted.
    pub fn load(config: &Config, places: &Places, query: Vec<(&'static str, String)>) -> Result<Self, String> {
        let runtime = runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
        let client = Client { proxy: config.proxy()?, roots: Roots::at(places.certificates.clone()) };
        let transport = HttpTransport::new(client, query);
        let loaded = runtime.block_on(trust::load(places, config.addresses()?, transport))?;
        Ok(Self { runtime, loaded, scratch: places.scratch.clone() })
    }

    /// All targets with what the metadata says of each, by name.
    pub fn offers(&self) -> impl Iterator<Item = Offer<'_>> {
        let targets = self.loaded.targets().signed.targets_iter();
        targets.map(|(name, target)| Offer { name: name.raw(), length: target.length, custom: &target.custom })
    }

    /// The whole of a target, verified.
    ///
    /// # Errors
    /// When the repository does not have it, or it is longer than `limit` bytes.
    pub fn read(&self, name: &str, limit: u64) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::new();
        let target = self.open(name)?.take(limit + 1);
        { target }.read_to_end(&mut bytes).map_err(|error| format!("{name}: {error}"))?;
        if bytes.len() as u64 > limit {
            return Err(format!("{name} is larger than {limit} bytes"));
        }
        Ok(bytes)
    }

    /// The size of a target in bytes, by the metadata.
    pub fn length(&self, name: &str) -> Result<u64, String> {
        let target = target_name(name)?;
        let found = self.loaded.targets().signed.find_target(&target, false);
        found.map(|target| target.length).map_err(|_| format!("the repository has no target {name:?}"))
    }

    /// The bytes of a target as they come. They are verified at their end: whoever reads must not trust them before the
    /// end was read without an error.
    pub fn open(&self, name: &str) -> Result<impl Read, String> {
        trust::forget_time(&self.scratch);
        let target = target_name(name)?;
        let stream = self.runtime.block_on(self.loaded.read_target(&target)).map_err(|error| with_causes(&error))?;
        let stream = stream.ok_or_else(|| format!("the repository has no target {name:?}"))?;
        Ok(Target { runtime: &self.runtime, stream: Box::pin(stream), chunk: Bytes::new() })
    }
}

/// A target, as the metadata has it.
pub struct Offer<'a> {
    pub name: &'a str,
    /// In bytes.
    pub length: u64,
    /// What its publisher adds to it, by kind.
    pub custom: &'a HashMap<String, Value>,
}

fn target_name(name: &str) -> Result<TargetName, String> {
    TargetName::new(name).map_err(|error| format!("target {name:?}: {}", with_causes(&error)))
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
                Some(chunk) => self.chunk = chunk.map_err(|error| io::Error::other(with_causes(&error)))?,
                None => return Ok(0),
            }
        }
        let length = into.len().min(self.chunk.len());
        into[..length].copy_from_slice(&self.chunk.split_to(length));
        Ok(length)
    }
}
