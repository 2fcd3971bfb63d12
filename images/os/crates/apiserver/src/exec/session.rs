use super::{
    HostContainers,
    input::{self, Queue},
    output::{Blocked, Output},
    process::Process,
    refusal::Refusal,
};
use exec_protocol::{ClientMessage, Initialize};
use futures_util::{Stream, StreamExt};
use std::time::Duration;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::watch,
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Error, Message, Utf8Bytes,
        protocol::{CloseFrame, frame::coding::CloseCode},
    },
};

/// For the first message.
const INITIALIZE_DEADLINE: Duration = Duration::from_secs(10);
/// Without a sign of life, as upstream has it; the client is asked for one every 2 s.
const SILENCE: Duration = Duration::from_secs(10);
/// A client that does not take output can't be asked. One that shows it to somebody may wait for them.
const MAX_BLOCKED: Duration = Duration::from_secs(600);
/// For the client to take the reason of the end.
const CLOSE_DEADLINE: Duration = Duration::from_secs(5);

/// How a session comes to its end.
enum End {
    Exit(u32),
    Refused(Refusal),
    /// The client has gone away.
    Gone,
}

impl From<Refusal> for End {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// One client and its command, to the end of both.
pub async fn serve<S>(mut socket: WebSocketStream<S>, host: &HostContainers, mut stopping: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let end = converse(&mut socket, host, &mut stopping).await.unwrap_or_else(|end| end);
    let frame = match end {
        End::Exit(code) => CloseFrame { code: CloseCode::Normal, reason: code.to_string().into() },
        End::Refused(refusal) => refusal.frame(),
        End::Gone => return,
    };
    let closed = async {
        socket.close(Some(frame)).await?;
        // The client answers, and then closes the connection.
        while let Some(Ok(_)) = socket.next().await {}
        Ok::<_, Error>(())
    };
    let _ = timeout(CLOSE_DEADLINE, closed).await;
}

async fn converse<S>(
    socket: &mut WebSocketStream<S>,
    host: &HostContainers,
    stopping: &mut watch::Receiver<bool>,
) -> Result<End, End>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let late = |_| Refusal::policy(format!("no Initialize within {} s", INITIALIZE_DEADLINE.as_secs()));
    let request = timeout(INITIALIZE_DEADLINE, initialize(socket)).await.map_err(late)??;
    let (process, stdin, pipe) = Process::start(host, &request).await?;
    let (mut sink, mut stream) = socket.split();
    let (queue, input) = input::channel(stdin);
    let (told, mut written) = watch::channel(0);
    // The client waits for the first word of it before it sends anything.
    written.mark_changed();
    let blocked = Blocked::default();
    let mut output = Output { sink: &mut sink, pipe, written, blocked: &blocked };
    let end = tokio::select! {
        exit = output.send(&process) => match exit {
            Ok(Some(code)) => End::Exit(code),
            Ok(None) => End::Gone,
            Err(refusal) => End::Refused(refusal),
        },
        end = receive(&mut stream, &process, &queue, &blocked) => end,
        refusal = input.write(&process, &told) => End::Refused(refusal),
        _ = stopping.wait_for(|stopping| *stopping) => End::Refused(Refusal::stopping()),
    };
    match end {
        End::Exit(_) => process.remove().await,
        _ => process.kill().await,
    }
    Ok(end)
}

async fn initialize(messages: &mut (impl Stream<Item = Result<Message, Error>> + Unpin)) -> Result<Initialize, End> {
    loop {
        match next(messages).await? {
            Message::Text(text) => match parse(&text)? {
                ClientMessage::Initialize(request) => return Ok(request),
                _ => return Err(Refusal::policy("the first message is Initialize").into()),
            },
            Message::Binary(_) => return Err(Refusal::policy("the first message is Initialize").into()),
            _ => {}
        }
    }
}

/// Takes what the client sends until it has gone away.
async fn receive(
    messages: &mut (impl Stream<Item = Result<Message, Error>> + Unpin),
    process: &Process,
    queue: &Queue,
    blocked: &Blocked,
) -> End {
    loop {
        let message = match timeout(SILENCE, next(messages)).await {
            Ok(Ok(message)) => message,
            Ok(Err(end)) => return end,
            Err(_) => match blocked.get() {
                Some(since) if since.elapsed() < MAX_BLOCKED => continue,
                _ => return End::Gone,
            },
        };
        match message {
            Message::Binary(bytes) => queue.push(bytes).await,
            Message::Text(text) => match parse(&text) {
                Ok(ClientMessage::ContentComplete) => queue.end().await,
                Ok(ClientMessage::Winch(size)) => process.resize(size).await,
                Ok(ClientMessage::Initialize(_)) => return Refusal::policy("Initialize is sent once").into(),
                Err(refusal) => return refusal.into(),
            },
            // What else there is says that the client is there.
            _ => {}
        }
    }
}

async fn next(messages: &mut (impl Stream<Item = Result<Message, Error>> + Unpin)) -> Result<Message, End> {
    match messages.next().await {
        Some(Ok(Message::Close(_))) | None => Err(End::Gone),
        Some(Ok(message)) => Ok(message),
        Some(Err(Error::Capacity(_))) => Err(Refusal::too_large(super::MAX_MESSAGE_BYTES).into()),
        Some(Err(Error::Utf8(_))) => Err(Refusal::invalid("a text message is not UTF-8").into()),
        Some(Err(_)) => Err(End::Gone),
    }
}

fn parse(text: &Utf8Bytes) -> Result<ClientMessage, Refusal> {
    serde_json::from_str(text).map_err(|error| Refusal::invalid(format!("no message of /exec: {error}")))
}
