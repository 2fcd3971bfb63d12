//! One look at a repository: from what was seen before to what has been seen by now.

use super::limits::{LIMITS, LimitedTransport};
use super::record::{Record, WAY_OUT};
use super::roots::{self, Fault, Source};
use super::{clock, scratch};
use crate::causes::with_causes;
use crate::http::HttpTransport;
use crate::lock;
use crate::places::Places;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::fs;
use tough::RepositoryLoader;
use tough::schema::{Root, Signed};
use url::Url;

/// Fetches and verifies all metadata, and records what was verified, also of a load that fails: what has been seen until
/// then counts.
///
/// # Errors
/// When the repository cannot be reached, its metadata is not as TUF demands or older than what was seen, or the record
/// of that cannot be read or written.
pub async fn load(
    places: &Places,
    (metadata, targets): (Url, Url),
    transport: HttpTransport,
) -> Result<tough::Repository, String> {
    clock::wait(&places.time_servers, &places.synchronized).await;
    // The record is read, and replaced at the end: what another program sees in between would be lost.
    let _lock = lock::wait_for(&places.seen_lock)?;
    let now = Timestamp::now();
    let metadata = directory(metadata);
    let image_root = image_root(places)?;
    let source = Source { metadata: &metadata, transport: &transport };
    let (before, chain) = open(places, &image_root, &source).await?;
    let mut record = before.clone();
    record.follow(&chain);
    let mut seen = record.repositories.remove(metadata.as_str()).unwrap_or_default();

    scratch::fill(&places.scratch, &seen)?;
    let transport = LimitedTransport::new(transport);
    let root = serde_json::to_vec(chain.last().unwrap_or(&image_root)).map_err(|error| error.to_string())?;
    let loader = RepositoryLoader::new(&root, metadata.clone(), targets);
    let loader = loader.transport(transport.clone()).limits(LIMITS).datastore(&places.scratch);
    let loaded = loader.load().await.map_err(|error| with_causes(&error));
    scratch::empty(&places.scratch, &mut seen)?;
    let loaded = loaded.and_then(|repository| {
        seen.advance(now, expiry(&repository), places.recover)?;
        Ok(repository)
    });

    record.remember(metadata.into(), seen);
    if record != before {
        record.save(&places.seen)?;
    }
    transport.let_targets_through();
    loaded
}

/// With a slash at its end, by which one address has one form.
fn directory(mut url: Url) -> Url {
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    url
}

fn image_root(places: &Places) -> Result<Signed<Root>, String> {
    let fail = |reason: String| format!("{}: {reason}", places.root.display());
    let bytes = fs::read(&places.root).map_err(|error| fail(error.to_string()))?;
    serde_json::from_slice(&bytes).map_err(|error| fail(error.to_string()))
}

/// The record, and the roots that lead from the image's to the newest one. Only a record that is of no use is given up,
/// and only when the operator says so: from then on, older versions than had been seen are accepted again.
async fn open(
    places: &Places,
    image_root: &Signed<Root>,
    source: &Source<'_>,
) -> Result<(Record, Vec<Signed<Root>>), String> {
    let used = async {
        let record = Record::read(&places.seen)?;
        let chain = roots::follow(image_root, &record.roots, source).await?;
        Ok((record, chain))
    };
    let place = places.seen.display();
    match used.await {
        Ok(opened) => Ok(opened),
        Err(Fault::Record(reason)) if places.recover => {
            eprintln!("{place}: {reason}; what was seen of update repositories is begun anew");
            let chain = roots::follow(image_root, &BTreeMap::new(), source).await;
            Ok((Record::default(), chain.map_err(|fault| fault.to_string())?))
        }
        Err(Fault::Record(reason)) => Err(format!(
            "{place}: {reason}. It holds which versions this machine has seen of update repositories, so that none is \
             offered again; {WAY_OUT} begins it anew and accepts what the repository has now"
        )),
        Err(Fault::Other(reason)) => Err(reason),
    }
}

fn expiry(repository: &tough::Repository) -> Timestamp {
    let (root, targets) = (repository.root().signed.expires, repository.targets().signed.expires);
    let (timestamp, snapshot) = (repository.timestamp().signed.expires, repository.snapshot().signed.expires);
    root.min(targets).min(timestamp).min(snapshot)
}
