//! HTTP for tough: one request after the other until the file is whole.

use crate::http::body::Body;
use crate::http::client::Client;
use crate::http::error::FetchError;
use async_trait::async_trait;
use futures_util::{future::select, stream::poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tough::{Bytes, Transport, TransportError, TransportErrorKind, TransportStream};
use url::Url;

/// Requests for one file, of which all but the first begin where the one before broke off.
const TRIES: u32 = 6;
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The time without a byte after which a connection is taken for dead.
const IDLE: Duration = Duration::from_secs(30);
/// For one file, however slowly it drips.
const WHOLE: Duration = Duration::from_secs(600);
/// Chunks that wait for their reader; a chunk is what one read from the socket gives.
const QUEUED: usize = 4;

/// Adds what a host tells of itself to each request.
#[derive(Clone, Debug)]
pub struct HttpTransport {
    client: Arc<Client>,
    /// Sorted by name.
    query: Vec<(&'static str, String)>,
}

impl HttpTransport {
    pub fn new(client: Client, query: Vec<(&'static str, String)>) -> Self {
        Self { client: Arc::new(client), query }
    }
}

#[async_trait]
impl Transport for HttpTransport {
    /// Never fails itself: tough takes a failure here, but not one within the stream, for "there is no newer root".
    async fn fetch(&self, mut url: Url) -> Result<TransportStream, TransportError> {
        url.query_pairs_mut().extend_pairs(&self.query);
        let (sender, mut receiver) = mpsc::channel(QUEUED);
        tokio::spawn(fetch(Arc::clone(&self.client), url, sender));
        Ok(Box::pin(poll_fn(move |context| receiver.poll_recv(context))))
    }
}

type Sender = mpsc::Sender<Result<Bytes, TransportError>>;

/// Ends as soon as nobody wants the file any more: a request that is for nothing costs the server and the next in line.
async fn fetch(client: Arc<Client>, url: Url, sender: Sender) {
    select(pin!(sender.closed()), pin!(fetch_whole(&client, url, &sender))).await;
}

async fn fetch_whole(client: &Client, url: Url, sender: &Sender) {
    let end = Instant::now() + WHOLE;
    let mut position = 0;
    let mut pause = FIRST_PAUSE;
    let mut tries = 1;
    let failure = loop {
        let result = timeout_at(end, fetch_from(client, &url, &mut position, sender)).await;
        match result.unwrap_or_else(|_| Err(FetchError::Fatal(format!("not whole after {} s", WHOLE.as_secs())))) {
            Ok(()) => return,
            Err(FetchError::Broken(reason)) if tries < TRIES => {
                eprintln!("{url}: {reason}, after {position} bytes; trying again");
            }
            Err(failure) => break failure,
        }
        sleep(pause).await;
        pause *= 2;
        tries += 1;
    };
    let kind = match failure {
        FetchError::Missing(_) => TransportErrorKind::FileNotFound,
        FetchError::Broken(_) | FetchError::Fatal(_) => TransportErrorKind::Other,
    };
    let reason = failure.to_string();
    // Failing to send means that nobody waits for it.
    let _ = sender.send(Err(TransportError::new_with_cause(kind, url, reason))).await;
}

/// Sends what follows after the first `position` bytes, and counts it there.
async fn fetch_from(client: &Client, url: &Url, position: &mut u64, sender: &Sender) -> Result<(), FetchError> {
    let mut body = within(Body::open(client, url, *position)).await?;
    while let Some(chunk) = within(body.next()).await? {
        *position += chunk.len() as u64;
        if sender.send(Ok(chunk)).await.is_err() {
            return Ok(());
        }
    }
    Ok(())
}

async fn within<T>(step: impl Future<Output = Result<T, FetchError>>) -> Result<T, FetchError> {
    let silence = || FetchError::Broken(format!("the server said nothing for {} s", IDLE.as_secs()));
    timeout(IDLE, step).await.unwrap_or_else(|_| Err(silence()))
}
