//! containerd.services.tasks.v1.Tasks: running containers.

use crate::{Client, DEADLINE, Error, Mount, Timestamp};
use prost::{Enumeration, Message};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Enumeration)]
#[repr(i32)]
pub enum Status {
    Unknown = 0,
    Created = 1,
    Running = 2,
    Stopped = 3,
    Paused = 4,
    Pausing = 5,
}

/// The first process of a container.
#[derive(Clone, PartialEq, Message)]
pub struct Process {
    #[prost(string, tag = "1")]
    pub container_id: String,
    #[prost(uint32, tag = "3")]
    pub pid: u32,
    #[prost(enumeration = "Status", tag = "4")]
    pub status: i32,
    #[prost(uint32, tag = "9")]
    pub exit_status: u32,
}

/// How a process ended: its exit code, or 128 and the number of the signal.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub struct Exit {
    #[prost(uint32, tag = "1")]
    pub exit_status: u32,
    #[prost(message, optional, tag = "2")]
    pub exited_at: Option<Timestamp>,
}

/// Where a process reads and writes: paths of named pipes, or URIs like `file:///path`. Empty is /dev/null.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Streams {
    pub stdin: String,
    pub stdout: String,
    pub stderr: String,
    /// All three are one terminal; `stderr` is empty then.
    pub terminal: bool,
}

#[derive(Clone, PartialEq, Message)]
struct CreateTaskRequest {
    #[prost(string, tag = "1")]
    container_id: String,
    #[prost(message, repeated, tag = "3")]
    rootfs: Vec<Mount>,
    #[prost(string, tag = "4")]
    stdin: String,
    #[prost(string, tag = "5")]
    stdout: String,
    #[prost(string, tag = "6")]
    stderr: String,
    #[prost(bool, tag = "7")]
    terminal: bool,
}

#[derive(Clone, PartialEq, Message)]
struct CreateTaskResponse {
    #[prost(uint32, tag = "2")]
    pid: u32,
}

/// The requests that name a process alike: `exec_id` is empty for the container's first one.
#[derive(Clone, PartialEq, Message)]
pub(super) struct ProcessRequest {
    #[prost(string, tag = "1")]
    pub(super) container_id: String,
    #[prost(string, tag = "2")]
    pub(super) exec_id: String,
}

#[derive(Clone, PartialEq, Message)]
struct GetResponse {
    #[prost(message, optional, tag = "1")]
    process: Option<Process>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct KillRequest {
    #[prost(string, tag = "1")]
    pub(super) container_id: String,
    #[prost(string, tag = "2")]
    pub(super) exec_id: String,
    #[prost(uint32, tag = "3")]
    pub(super) signal: u32,
    #[prost(bool, tag = "4")]
    pub(super) all: bool,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Started {
    #[prost(uint32, tag = "1")]
    pub(super) pid: u32,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct DeleteResponse {
    #[prost(uint32, tag = "3")]
    pub(super) exit_status: u32,
}

impl ProcessRequest {
    fn first_of(container_id: &str) -> Self {
        Self { container_id: container_id.to_owned(), exec_id: String::new() }
    }
}

impl Client {
    /// Makes the container's namespaces and mounts, and its first process, which does not run yet. Returns its PID.
    ///
    /// # Errors
    /// `Refused`, with the runtime's words.
    pub async fn create_task(&self, container_id: &str, rootfs: Vec<Mount>, streams: Streams) -> Result<u32, Error> {
        const CALL: &str = "/containerd.services.tasks.v1.Tasks/Create";
        let Streams { stdin, stdout, stderr, terminal } = streams;
        let request =
            CreateTaskRequest { container_id: container_id.to_owned(), rootfs, stdin, stdout, stderr, terminal };
        let response: CreateTaskResponse = self.unary(CALL, request, Some(DEADLINE)).await?;
        Ok(response.pid)
    }

    /// # Errors
    /// `Refused`, with the runtime's words, as where the program is not in the image.
    pub async fn start_task(&self, container_id: &str) -> Result<(), Error> {
        const CALL: &str = "/containerd.services.tasks.v1.Tasks/Start";
        let started = self.unary(CALL, ProcessRequest::first_of(container_id), Some(DEADLINE)).await;
        started.map(|_: Started| ())
    }

    /// # Errors
    /// `Refused` with `NotFound`, when the container has no task.
    pub async fn get_task(&self, container_id: &str) -> Result<Process, Error> {
        const CALL: &str = "/containerd.services.tasks.v1.Tasks/Get";
        let request = ProcessRequest::first_of(container_id);
        let response: GetResponse = self.unary(CALL, request, Some(DEADLINE)).await?;
        Ok(response.process.unwrap_or_default())
    }

    /// Waits until the container's first process has ended, however long that takes.
    ///
    /// # Errors
    /// `Refused`, when the container has no task, or containerd ended first.
    pub async fn wait_for_task(&self, container_id: &str) -> Result<Exit, Error> {
        const CALL: &str = "/containerd.services.tasks.v1.Tasks/Wait";
        self.unary(CALL, ProcessRequest::first_of(container_id), None).await
    }

    /// Sends a signal to the container's first process, or to all of them.
    ///
    /// # Errors
    /// `Refused` with `NotFound`, when it has ended.
    pub async fn kill_task(&self, container_id: &str, signal: u32, all: bool) -> Result<(), Error> {
        const CALL: &str = "/containerd.services.tasks.v1.Tasks/Kill";
        let request = KillRequest { container_id: container_id.to_owned(), exec_id: String::new(), signal, all };
        self.unary(CALL, request, Some(DEADLINE)).await
    }

    /// Removes what is left of a task that has ended.
    ///
    /// # Errors
    /// `Refused`, when the container has none, or it runs.
    pub async fn delete_task(&self, container_id: &str) -> Result<(), Error> {
        const CALL: &str = "/containerd.services.tasks.v1.Tasks/Delete";
        let deleted = self.unary(CALL, ProcessRequest::first_of(container_id), Some(DEADLINE)).await;
        deleted.map(|_: DeleteResponse| ())
    }
}
