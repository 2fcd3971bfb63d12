//! runtime.v1.ImageService, the half of the Kubernetes container runtime interface that is about images. containerd's own
//! Transfer service knows no mirrors, and no registry without TLS, before version 2.

use crate::{Client, DEADLINE, Error};
use prost::Message;
use std::fmt;

/// What a registry is told of who pulls: a user name with a password, or one of the others.
#[derive(Clone, PartialEq, Message)]
#[prost(skip_debug)]
pub struct Credentials {
    #[prost(string, tag = "1")]
    pub username: String,
    #[prost(string, tag = "2")]
    pub password: String,
    /// Base64 of `username:password`.
    #[prost(string, tag = "3")]
    pub auth: String,
    #[prost(string, tag = "5")]
    pub identity_token: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials")
    }
}

#[derive(Clone, PartialEq, Message)]
struct ImageSpec {
    #[prost(string, tag = "1")]
    image: String,
}

#[derive(Clone, PartialEq, Message)]
struct PullImageRequest {
    #[prost(message, optional, tag = "1")]
    image: Option<ImageSpec>,
    #[prost(message, optional, tag = "2")]
    auth: Option<Credentials>,
}

#[derive(Clone, PartialEq, Message)]
struct PullImageResponse {
    #[prost(string, tag = "1")]
    image_ref: String,
}

/// The requests that hold nothing but the image.
#[derive(Clone, PartialEq, Message)]
struct ByReference {
    #[prost(message, optional, tag = "1")]
    image: Option<ImageSpec>,
}

impl ByReference {
    fn new(reference: &str) -> Self {
        Self { image: Some(ImageSpec { image: reference.to_owned() }) }
    }
}

#[derive(Clone, PartialEq, Message)]
struct Image {
    #[prost(string, tag = "1")]
    id: String,
}

#[derive(Clone, PartialEq, Message)]
struct ImageStatusResponse {
    #[prost(message, optional, tag = "1")]
    image: Option<Image>,
}

impl Client {
    /// Fetches and unpacks an image for this machine, with the mirrors that containerd is configured with. Returns the
    /// digest of the image's configuration. How long it takes is up to containerd, which ends a pull that makes no progress.
    ///
    /// # Errors
    /// `Refused`, with the registry's or containerd's words.
    pub async fn pull_image(&self, reference: &str, credentials: Option<Credentials>) -> Result<String, Error> {
        const CALL: &str = "/runtime.v1.ImageService/PullImage";
        let image = Some(ImageSpec { image: reference.to_owned() });
        let request = PullImageRequest { image, auth: credentials };
        let response: PullImageResponse = self.unary(CALL, request, None).await?;
        Ok(response.image_ref)
    }

    /// The digest of an image's configuration, if it was pulled by this reference.
    ///
    /// # Errors
    /// When containerd gives no answer.
    pub async fn find_image(&self, reference: &str) -> Result<Option<String>, Error> {
        const CALL: &str = "/runtime.v1.ImageService/ImageStatus";
        let response: ImageStatusResponse = self.unary(CALL, ByReference::new(reference), Some(DEADLINE)).await?;
        Ok(response.image.map(|image| image.id))
    }

    /// Removes an image under all of its names; `reference` is one of them, or the digest of its configuration. One that is
    /// not there is no error.
    ///
    /// # Errors
    /// When containerd gives no answer.
    pub async fn remove_image(&self, reference: &str) -> Result<(), Error> {
        const CALL: &str = "/runtime.v1.ImageService/RemoveImage";
        self.unary(CALL, ByReference::new(reference), Some(DEADLINE)).await
    }
}
