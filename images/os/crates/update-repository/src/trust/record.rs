//! What was seen of update repositories, in a file on PRIVATE: it outlives reboots, updates and rollbacks.

use super::limits::{RECORDED_REPOSITORIES, RECORDED_ROOTS_BYTES};
use super::roots::{self, Fault};
use aws_lc_rs::digest::{SHA256, digest};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use tough::schema;
use tough::schema::{Root, Signed, Snapshot};

/// What an operator does about a record, or a clock, that keeps a machine from its updates.
pub const WAY_OUT: &str = "POST /actions/refresh-updates?recover=true";

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// By version. All repositories share them: whoever redirects a machine must not get revoked keys back.
    pub roots: BTreeMap<u64, Signed<Root>>,
    /// By the base URL of their metadata: versions of one say nothing about another.
    pub repositories: BTreeMap<String, Seen>,
}

/// What is compared with the next publication of a repository. It verifies by the newest root.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    pub timestamp: Option<Signed<schema::Timestamp>>,
    pub snapshot: Option<Signed<Snapshot>>,
    /// The latest time at which all metadata was verified. By then none of it had expired.
    pub verified_at: Option<Timestamp>,
}

impl Record {
    /// The record, or an empty one where there is none.
    pub fn read(path: &Path) -> Result<Self, Fault> {
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(Fault::Other(format!("{}: {error}", path.display()))),
        };
        let damaged = |reason: &str| Fault::Record(format!("the record is damaged: {reason}"));
        let Some((checksum, json)) = bytes.split_at_checked(CHECKSUM_BYTES) else {
            return Err(damaged("it is too short"));
        };
        if checksum != checksum_of(json).as_bytes() {
            return Err(damaged("it does not have its checksum"));
        }
        serde_json::from_slice(json).map_err(|error| damaged(&error.to_string()))
    }

    /// Replaces the file as a whole, so that a power cut leaves the old record or the new one.
    pub fn save(&self, path: &Path) -> Result<(), String> {
        let replace = || {
            let json = serde_json::to_vec(self)?;
            let directory = path.parent().unwrap_or(Path::new("/"));
            fs::create_dir_all(directory)?;
            let beside = path.with_extension("new");
            let mut file = File::create(&beside)?;
            file.write_all(checksum_of(&json).as_bytes())?;
            file.write_all(&json)?;
            file.sync_all()?;
            fs::rename(beside, path)?;
            File::open(directory)?.sync_all()
        };
        replace().map_err(|error: io::Error| format!("{}: {error}", path.display()))
    }

    /// Adds roots, of which the last is the newest. If it revokes keys, then what these have signed is forgotten: a thief
    /// may have raised the versions so far that no honest one could follow (TUF specification, 5.3.11). It is forgotten
    /// for a root that was never seen before, and so only once: with the new keys, versions count again.
    pub fn follow(&mut self, chain: &[Signed<Root>]) {
        let Some(newest) = chain.last() else { return };
        let before = self.roots.last_key_value();
        if before.is_some_and(|(_, before)| roots::revokes(&before.signed, &newest.signed)) {
            self.repositories.clear();
        }
        self.roots.extend(chain.iter().map(|root| (root.signed.version.get(), root.clone())));
        let bytes = |root: &Signed<Root>| serde_json::to_vec(root).map_or(0, |bytes| bytes.len());
        let mut kept: usize = self.roots.values().map(bytes).sum();
        while kept > RECORDED_ROOTS_BYTES {
            // Whoever needs it again, to get to a newer one, asks the repository for it.
            let Some((_, oldest)) = self.roots.pop_first() else { return };
            kept -= bytes(&oldest);
        }
    }

    /// Takes a repository in, and others out that have not been seen for longest.
    pub fn remember(&mut self, address: String, seen: Seen) {
        while self.repositories.len() >= RECORDED_REPOSITORIES {
            let oldest = self.repositories.iter().min_by_key(|(_, seen)| seen.verified_at);
            let Some(oldest) = oldest.map(|(address, _)| address.clone()) else { break };
            self.repositories.remove(&oldest);
        }
        if seen != Seen::default() {
            self.repositories.insert(address, seen);
        }
    }
}

impl Seen {
    /// Takes note that all metadata, which `expires` first at that time, was verified `now`. A clock that is behind the
    /// time of before must not bring back what had expired; for anything that had not, it is good enough. So a clock that
    /// was ahead blocks nothing: by the time it showed, the repository had not expired either.
    ///
    /// # Errors
    /// When it had expired before, unless the operator has accepted the clock.
    pub fn advance(&mut self, now: Timestamp, expires: Timestamp, accepted: bool) -> Result<(), String> {
        let time = self.verified_at.map_or(now, |before| before.max(now));
        if time <= expires || accepted {
            self.verified_at = Some(if time <= expires { time } else { now });
            return Ok(());
        }
        Err(format!(
            "the repository's metadata is expired since {expires}, by the time at which it was last verified, {time}; the \
             clock says {now}. Either the clock was ahead then, or is behind now. When it is right, {WAY_OUT} accepts it"
        ))
    }
}

/// A line of hexadecimal digits.
const CHECKSUM_BYTES: usize = 65;

fn checksum_of(json: &[u8]) -> String {
    let digits = digest(&SHA256, json).as_ref().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    digits + "\n"
}
