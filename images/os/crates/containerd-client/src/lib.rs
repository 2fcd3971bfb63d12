//! Calls of containerd's gRPC interface over its unix socket: one file for each of its services, and only the calls and
//! fields that Sparkler's programs use. Names and field numbers are those of the protocol buffers that containerd 1.7
//! publishes (`api/services`, `api/types`; for images `k8s.io/cri-api/pkg/apis/runtime/v1`), written out by hand, so that a
//! build needs no compiler for them.

mod channel;
mod client;
mod error;
mod services;
mod types;

pub use client::{Client, DEADLINE};
pub use error::Error;
pub use services::{
    containers::{Container, Runtime},
    exec::ExecProcess,
    images::Credentials,
    tasks::{Exit, Process, Status, Streams},
};
pub use tonic::Code;
pub use types::{Any, Mount, Timestamp};

/// Where the containerd of host and bootstrap containers answers (contract, section 7).
pub const HOST_CONTAINERD_SOCKET: &str = "/run/host-containerd/containerd.sock";
/// The one that its image service uses. Namespaces see nothing of each other.
pub const HOST_CONTAINERD_NAMESPACE: &str = "k8s.io";
