use crate::{Error, channel::Channel};
use http::uri::PathAndQuery;
use prost::Message;
use std::{future::Future, path::Path, time::Duration};
use tokio::time::timeout;
use tonic::{Request, Status, Streaming, client::Grpc, metadata::AsciiMetadataValue};
use tonic_prost::ProstCodec;

/// For a call that containerd answers by itself, under emulation and with a busy disk.
pub const DEADLINE: Duration = Duration::from_secs(120);

/// A connection to one containerd, for one of its namespaces. Clones share the connection.
#[derive(Clone)]
pub struct Client {
    channel: Channel,
    namespace: AsciiMetadataValue,
}

impl Client {
    /// Must be called within a tokio runtime. A connection that is lost is not made anew: all calls fail from then on.
    ///
    /// # Errors
    /// `Connect`, when the socket cannot be reached within the deadline.
    pub async fn connect(socket: &Path, namespace: &'static str) -> Result<Self, Error> {
        let connected = timeout(DEADLINE, Channel::connect(socket)).await.unwrap_or_else(|late| Err(late.into()));
        let channel = connected.map_err(|reason| Error::Connect { socket: socket.to_owned(), reason })?;
        Ok(Self { channel, namespace: AsciiMetadataValue::from_static(namespace) })
    }

    /// A call with one answer. `call` is its path, like `/containerd.services.tasks.v1.Tasks/Start`.
    pub(crate) async fn unary<I, O>(
        &self,
        call: &'static str,
        message: I,
        deadline: Option<Duration>,
    ) -> Result<O, Error>
    where
        I: Message + 'static,
        O: Message + Default + 'static,
    {
        let answer = async {
            let mut grpc = self.grpc().await?;
            let codec = ProstCodec::<I, O>::default();
            grpc.unary(self.request(message), PathAndQuery::from_static(call), codec).await
        };
        Ok(answered(call, deadline, answer).await?.into_inner())
    }

    /// A call with many answers, of which each is handed to `take`.
    pub(crate) async fn server_streaming<I, O>(
        &self,
        call: &'static str,
        message: I,
        mut take: impl FnMut(O) -> Result<(), Status>,
    ) -> Result<(), Error>
    where
        I: Message + 'static,
        O: Message + Default + 'static,
    {
        let answer = async {
            let mut grpc = self.grpc().await?;
            let codec = ProstCodec::<I, O>::default();
            let answer = grpc.server_streaming(self.request(message), PathAndQuery::from_static(call), codec).await?;
            let mut parts: Streaming<O> = answer.into_inner();
            while let Some(part) = parts.message().await? {
                take(part)?;
            }
            Ok(())
        };
        answered(call, Some(DEADLINE), answer).await
    }

    async fn grpc(&self) -> Result<Grpc<Channel>, Status> {
        // Nothing looks at the host of a unix socket, but HTTP/2 wants one.
        let mut grpc = Grpc::with_origin(self.channel.clone(), http::Uri::from_static("http://localhost"));
        grpc.ready().await.map_err(|error| Status::unavailable(format!("the connection is lost: {error}")))?;
        Ok(grpc)
    }

    fn request<I>(&self, message: I) -> Request<I> {
        let mut request = Request::new(message);
        request.metadata_mut().insert("containerd-namespace", self.namespace.clone());
        request
    }
}

async fn answered<T>(
    call: &'static str,
    deadline: Option<Duration>,
    answer: impl Future<Output = Result<T, Status>>,
) -> Result<T, Error> {
    let name = call.rsplit_once('.').map_or(call, |(_, name)| name);
    let answer = match deadline {
        Some(after) => timeout(after, answer).await.map_err(|_| Error::TimedOut { call: name, after })?,
        None => answer.await,
    };
    answer.map_err(|status| Error::Refused { call: name, status: Box::new(status) })
}
