//! containerd.services.snapshots.v1.Snapshots

use crate::{Client, DEADLINE, Error, Mount};
use prost::Message;
use std::collections::HashMap;

#[derive(Clone, PartialEq, Message)]
struct PrepareSnapshotRequest {
    #[prost(string, tag = "1")]
    snapshotter: String,
    #[prost(string, tag = "2")]
    key: String,
    #[prost(string, tag = "3")]
    parent: String,
    #[prost(map = "string, string", tag = "4")]
    labels: HashMap<String, String>,
}

#[derive(Clone, PartialEq, Message)]
struct PrepareSnapshotResponse {
    #[prost(message, repeated, tag = "1")]
    mounts: Vec<Mount>,
}

#[derive(Clone, PartialEq, Message)]
struct RemoveSnapshotRequest {
    #[prost(string, tag = "1")]
    snapshotter: String,
    #[prost(string, tag = "2")]
    key: String,
}

impl Client {
    /// A writable layer on `parent`, and how it is mounted. It stays until it is removed: it is marked as a root for the
    /// garbage collector, which could otherwise run between this call and the one that makes the snapshot's container.
    ///
    /// # Errors
    /// `Refused`, when `parent` is not there, or `key` is there already.
    pub async fn prepare_snapshot(&self, snapshotter: &str, key: &str, parent: &str) -> Result<Vec<Mount>, Error> {
        const CALL: &str = "/containerd.services.snapshots.v1.Snapshots/Prepare";
        let request = PrepareSnapshotRequest {
            snapshotter: snapshotter.to_owned(),
            key: key.to_owned(),
            parent: parent.to_owned(),
            labels: HashMap::from([("containerd.io/gc.root".to_owned(), "true".to_owned())]),
        };
        let response: PrepareSnapshotResponse = self.unary(CALL, request, Some(DEADLINE)).await?;
        Ok(response.mounts)
    }

    /// # Errors
    /// `Refused`, when it is not there or in use.
    pub async fn remove_snapshot(&self, snapshotter: &str, key: &str) -> Result<(), Error> {
        const CALL: &str = "/containerd.services.snapshots.v1.Snapshots/Remove";
        let request = RemoveSnapshotRequest { snapshotter: snapshotter.to_owned(), key: key.to_owned() };
        self.unary(CALL, request, Some(DEADLINE)).await
    }
}
