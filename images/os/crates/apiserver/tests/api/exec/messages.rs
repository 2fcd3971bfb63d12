//! Those fields of containerd's messages that the tests look at.

use prost::Message;

#[derive(Clone, PartialEq, Message)]
pub struct Any {
    #[prost(bytes = "vec", tag = "2")]
    pub value: Vec<u8>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Container {
    #[prost(string, tag = "1")]
    pub id: String,
    #[prost(message, optional, tag = "5")]
    pub spec: Option<Any>,
}

#[derive(Clone, PartialEq, Message)]
pub struct OneContainer {
    #[prost(message, optional, tag = "1")]
    pub container: Option<Container>,
}

#[derive(Clone, PartialEq, Message)]
pub struct ListContainers {
    #[prost(message, repeated, tag = "1")]
    pub containers: Vec<Container>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Process {
    /// 2 is running.
    #[prost(int32, tag = "4")]
    pub status: i32,
}

#[derive(Clone, PartialEq, Message)]
pub struct GetTask {
    #[prost(message, optional, tag = "1")]
    pub process: Option<Process>,
}

#[derive(Clone, PartialEq, Message)]
pub struct ExecRequest {
    #[prost(string, tag = "2")]
    pub stdin: String,
    #[prost(string, tag = "3")]
    pub stdout: String,
    #[prost(string, tag = "4")]
    pub stderr: String,
    #[prost(bool, tag = "5")]
    pub terminal: bool,
    #[prost(message, optional, tag = "6")]
    pub spec: Option<Any>,
    #[prost(string, tag = "7")]
    pub exec_id: String,
}

/// All requests that name a process; `number` is a signal, a width, or that it is about standard input.
#[derive(Clone, PartialEq, Message)]
pub struct ProcessRequest {
    #[prost(string, tag = "1")]
    pub container_id: String,
    #[prost(string, tag = "2")]
    pub exec_id: String,
    #[prost(uint32, tag = "3")]
    pub number: u32,
    #[prost(uint32, tag = "4")]
    pub height: u32,
}

#[derive(Clone, PartialEq, Message)]
pub struct Wait {
    #[prost(uint32, tag = "1")]
    pub exit_status: u32,
}
