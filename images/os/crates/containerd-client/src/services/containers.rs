//! containerd.services.containers.v1.Containers

use crate::{Any, Client, DEADLINE, Error};
use prost::Message;
use std::collections::HashMap;

/// What a container is made of. That it runs is its task.
#[derive(Clone, PartialEq, Message)]
pub struct Container {
    #[prost(string, tag = "1")]
    pub id: String,
    #[prost(map = "string, string", tag = "2")]
    pub labels: HashMap<String, String>,
    #[prost(string, tag = "3")]
    pub image: String,
    #[prost(message, optional, tag = "4")]
    pub runtime: Option<Runtime>,
    /// An OCI runtime specification as JSON.
    #[prost(message, optional, tag = "5")]
    pub spec: Option<Any>,
    #[prost(string, tag = "6")]
    pub snapshotter: String,
    #[prost(string, tag = "7")]
    pub snapshot_key: String,
}

#[derive(Clone, PartialEq, Message)]
pub struct Runtime {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(message, optional, tag = "2")]
    options: Option<Any>,
}

/// containerd.runc.v1.Options
#[derive(Clone, Copy, PartialEq, Message)]
struct RuncOptions {
    #[prost(bool, tag = "9")]
    systemd_cgroup: bool,
}

impl Runtime {
    /// runc, with cgroups that are units of systemd: a specification names them `SLICE:PREFIX:NAME`.
    #[must_use]
    pub fn runc() -> Self {
        let options = RuncOptions { systemd_cgroup: true }.encode_to_vec();
        let options = Any { type_url: "containerd.runc.v1.Options".into(), value: options };
        Self { name: "io.containerd.runc.v2".into(), options: Some(options) }
    }
}

#[derive(Clone, PartialEq, Message)]
struct ById {
    #[prost(string, tag = "1")]
    id: String,
}

#[derive(Clone, PartialEq, Message)]
struct OneContainer {
    #[prost(message, optional, tag = "1")]
    container: Option<Container>,
}

#[derive(Clone, PartialEq, Message)]
struct ListContainersRequest {
    #[prost(string, repeated, tag = "1")]
    filters: Vec<String>,
}

#[derive(Clone, PartialEq, Message)]
struct ListContainersResponse {
    #[prost(message, repeated, tag = "1")]
    containers: Vec<Container>,
}

impl Client {
    /// # Errors
    /// `Refused`, when there is one with this id already.
    pub async fn create_container(&self, container: Container) -> Result<(), Error> {
        const CALL: &str = "/containerd.services.containers.v1.Containers/Create";
        let request = OneContainer { container: Some(container) };
        self.unary(CALL, request, Some(DEADLINE)).await.map(|_: OneContainer| ())
    }

    /// # Errors
    /// `Refused` with `NotFound`, when there is none with this id.
    pub async fn get_container(&self, id: &str) -> Result<Container, Error> {
        const CALL: &str = "/containerd.services.containers.v1.Containers/Get";
        let response: OneContainer = self.unary(CALL, ById { id: id.to_owned() }, Some(DEADLINE)).await?;
        Ok(response.container.unwrap_or_default())
    }

    /// All of the namespace.
    ///
    /// # Errors
    /// When containerd gives no answer.
    pub async fn list_containers(&self) -> Result<Vec<Container>, Error> {
        const CALL: &str = "/containerd.services.containers.v1.Containers/List";
        let request = ListContainersRequest { filters: Vec::new() };
        let response: ListContainersResponse = self.unary(CALL, request, Some(DEADLINE)).await?;
        Ok(response.containers)
    }

    /// # Errors
    /// `Refused`, when there is none with this id, or it has a task.
    pub async fn delete_container(&self, id: &str) -> Result<(), Error> {
        const CALL: &str = "/containerd.services.containers.v1.Containers/Delete";
        self.unary(CALL, ById { id: id.to_owned() }, Some(DEADLINE)).await
    }
}
