//! containerd.services.content.v1.Content

use crate::{Client, DEADLINE, Error};
use prost::Message;
use std::collections::HashMap;
use tonic::Status;

#[derive(Clone, PartialEq, Message)]
struct InfoRequest {
    #[prost(string, tag = "1")]
    digest: String,
}

#[derive(Clone, PartialEq, Message)]
struct Info {
    #[prost(map = "string, string", tag = "5")]
    labels: HashMap<String, String>,
}

#[derive(Clone, PartialEq, Message)]
struct InfoResponse {
    #[prost(message, optional, tag = "1")]
    info: Option<Info>,
}

#[derive(Clone, PartialEq, Message)]
struct ReadContentRequest {
    #[prost(string, tag = "1")]
    digest: String,
    #[prost(int64, tag = "2")]
    offset: i64,
    #[prost(int64, tag = "3")]
    size: i64,
}

#[derive(Clone, PartialEq, Message)]
struct ReadContentResponse {
    #[prost(int64, tag = "1")]
    offset: i64,
    #[prost(bytes = "vec", tag = "2")]
    data: Vec<u8>,
}

impl Client {
    /// What containerd has noted on a blob, such as which snapshot an image's configuration was unpacked to.
    ///
    /// # Errors
    /// `Refused` with `NotFound`, when there is no blob with this digest.
    pub async fn content_labels(&self, digest: &str) -> Result<HashMap<String, String>, Error> {
        const CALL: &str = "/containerd.services.content.v1.Content/Info";
        let request = InfoRequest { digest: digest.to_owned() };
        let response: InfoResponse = self.unary(CALL, request, Some(DEADLINE)).await?;
        Ok(response.info.unwrap_or_default().labels)
    }

    /// A whole blob of the content store.
    ///
    /// # Errors
    /// `Refused`, when there is none with this digest, or it has more than `max_bytes`.
    pub async fn read_content(&self, digest: &str, max_bytes: usize) -> Result<Vec<u8>, Error> {
        const CALL: &str = "/containerd.services.content.v1.Content/Read";
        let mut content = Vec::new();
        // A size of 0 is all of it.
        let request = ReadContentRequest { digest: digest.to_owned(), offset: 0, size: 0 };
        let append = |part: ReadContentResponse| {
            content.extend_from_slice(&part.data);
            if content.len() > max_bytes {
                return Err(Status::out_of_range(format!("{digest} has more than {max_bytes} bytes")));
            }
            Ok(())
        };
        self.server_streaming(CALL, request, append).await?;
        Ok(content)
    }
}
