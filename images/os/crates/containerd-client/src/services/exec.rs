//! containerd.services.tasks.v1.Tasks: further processes of running containers. Each has an id of its own in its container.

use super::tasks::{DeleteResponse, KillRequest, ProcessRequest, Started};
use crate::{Any, Client, DEADLINE, Error, Exit, Streams};
use prost::Message;

/// What containerd calls a process of an OCI runtime specification.
const PROCESS: &str = "types.containerd.io/opencontainers/runtime-spec/1/Process";

#[derive(Clone, PartialEq, Message)]
struct ExecProcessRequest {
    #[prost(string, tag = "1")]
    container_id: String,
    #[prost(string, tag = "2")]
    stdin: String,
    #[prost(string, tag = "3")]
    stdout: String,
    #[prost(string, tag = "4")]
    stderr: String,
    #[prost(bool, tag = "5")]
    terminal: bool,
    #[prost(message, optional, tag = "6")]
    spec: Option<Any>,
    #[prost(string, tag = "7")]
    exec_id: String,
}

#[derive(Clone, PartialEq, Message)]
struct ResizePtyRequest {
    #[prost(string, tag = "1")]
    container_id: String,
    #[prost(string, tag = "2")]
    exec_id: String,
    #[prost(uint32, tag = "3")]
    width: u32,
    #[prost(uint32, tag = "4")]
    height: u32,
}

#[derive(Clone, PartialEq, Message)]
struct CloseIoRequest {
    #[prost(string, tag = "1")]
    container_id: String,
    #[prost(string, tag = "2")]
    exec_id: String,
    #[prost(bool, tag = "3")]
    stdin: bool,
}

/// One process beside the first one of a container.
#[derive(Clone)]
pub struct ExecProcess {
    client: Client,
    container_id: String,
    exec_id: String,
}

impl Client {
    /// The process `exec_id` of a container, whether it is there yet or not.
    #[must_use]
    pub fn exec_process(&self, container_id: &str, exec_id: &str) -> ExecProcess {
        ExecProcess { client: self.clone(), container_id: container_id.to_owned(), exec_id: exec_id.to_owned() }
    }
}

impl ExecProcess {
    /// Adds it to the container. It does not run yet. `spec` is the JSON of a process of the OCI runtime specification.
    ///
    /// # Errors
    /// `Refused` with `NotFound`, when the container does not run.
    pub async fn add(&self, spec: Vec<u8>, streams: Streams) -> Result<(), Error> {
        const CALL: &str = "/containerd.services.tasks.v1.Tasks/Exec";
        let Streams { stdin, stdout, stderr, terminal } = streams;
        let request = ExecProcessRequest {
            container_id: self.container_id.clone(),
            stdin,
            stdout,
            stderr,
            terminal,
            spec: Some(Any { type_url: PROCESS.to_owned(), value: spec }),
            exec_id: self.exec_id.clone(),
        };
        self.client.unary(CALL, request, Some(DEADLINE)).await
    }

    /// # Errors
    /// `Refused`, with the runtime's words, as where the program is not in the image.
    pub async fn start(&self) -> Result<(), Error> {
        const CALL: &str = "/containerd.services.tasks.v1.Tasks/Start";
        self.client.unary(CALL, self.named(), Some(DEADLINE)).await.map(|_: Started| ())
    }

    /// Waits until it has ended, however long that takes.
    ///
    /// # Errors
    /// `Refused`, when it is not there, or containerd ended first.
    pub async fn wait(&self) -> Result<Exit, Error> {
        const CALL: &str = "/containerd.services.tasks.v1.Tasks/Wait";
        self.client.unary(CALL, self.named(), None).await
    }

    /// # Errors
    /// `Refused` with `NotFound`, when it has ended.
    pub async fn kill(&self, signal: u32) -> Result<(), Error> {
        const CALL: &str = "/containerd.services.tasks.v1.Tasks/Kill";
        let ProcessRequest { container_id, exec_id } = self.named();
        self.client.unary(CALL, KillRequest { container_id, exec_id, signal, all: false }, Some(DEADLINE)).await
    }

    /// Sets the size of its terminal.
    ///
    /// # Errors
    /// `Refused`, when it has ended.
    pub async fn resize(&self, width: u32, height: u32) -> Result<(), Error> {
        const CALL: &str = "/containerd.services.tasks.v1.Tasks/ResizePty";
        let ProcessRequest { container_id, exec_id } = self.named();
        self.client.unary(CALL, ResizePtyRequest { container_id, exec_id, width, height }, Some(DEADLINE)).await
    }

    /// Lets its input end once all other writers have closed it, too.
    ///
    /// # Errors
    /// `Refused`, when it has ended.
    pub async fn close_stdin(&self) -> Result<(), Error> {
        const CALL: &str = "/containerd.services.tasks.v1.Tasks/CloseIO";
        let ProcessRequest { container_id, exec_id } = self.named();
        self.client.unary(CALL, CloseIoRequest { container_id, exec_id, stdin: true }, Some(DEADLINE)).await
    }

    /// Removes what is left of it.
    ///
    /// # Errors
    /// `Refused`, when it is not there, or still runs.
    pub async fn delete(&self) -> Result<(), Error> {
        const CALL: &str = "/containerd.services.tasks.v1.Tasks/DeleteProcess";
        self.client.unary(CALL, self.named(), Some(DEADLINE)).await.map(|_: DeleteResponse| ())
    }

    fn named(&self) -> ProcessRequest {
        ProcessRequest { container_id: self.container_id.clone(), exec_id: self.exec_id.clone() }
    }
}
