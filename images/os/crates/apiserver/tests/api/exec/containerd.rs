//! Plays containerd with its shim: a gRPC server on a real socket that has one container, `admin`. Its commands are real
//! programs of this host, connected by named pipes as the shim does it.

use super::{
    messages::{Any, Container, ExecRequest, GetTask, ListContainers, OneContainer, Process, ProcessRequest, Wait},
    program::Program,
};
use http_body_util::{BodyExt, Full, combinators::BoxBody};
use hyper::{
    HeaderMap, Request, Response,
    body::{Bytes, Frame, Incoming},
    server::conn::http2,
    service::service_fn,
};
use hyper_util::rt::{TokioExecutor, TokioIo};
use prost::Message;
use serde_json::json;
use std::{
    collections::BTreeMap,
    convert::Infallible,
    path::Path,
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};
use tokio::{net::UnixListener, sync::Notify};

const OK: u32 = 0;
const NOT_FOUND: u32 = 5;
const INTERNAL: u32 = 13;
/// As the runtime has it when a program is not there.
const NO_PROGRAM: &str = "OCI runtime exec failed: exec failed: unable to start container process: no program";

pub struct Containerd(Arc<State>);

#[derive(Default)]
struct State {
    /// Named by their ids.
    programs: Mutex<BTreeMap<String, Program>>,
    calls: Mutex<Vec<String>>,
    lost: Notify,
}

/// What is answered: a message, or a status of gRPC with its words.
type Answer = Result<Vec<u8>, (u32, String)>;

impl Containerd {
    pub fn listen(socket: &Path) -> Self {
        let state = Arc::new(State::default());
        let listener = std::os::unix::net::UnixListener::bind(socket).expect("bound");
        listener.set_nonblocking(true).expect("set");
        let serving = Arc::clone(&state);
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                tokio::select! {
                    () = serve(listener, Arc::clone(&serving)) => {}
                    () = serving.lost.notified() => {}
                }
            });
        });
        Self(state)
    }

    /// How many commands are there, whether they run or have ended.
    pub fn programs(&self) -> usize {
        self.0.programs.lock().expect("whole").len()
    }

    /// Breaks all connections, and listens no more.
    pub fn lose(&self) {
        self.0.lost.notify_waiters();
    }

    /// The last part of each call's name.
    pub fn calls(&self) -> Vec<String> {
        self.0.calls.lock().expect("whole").clone()
    }
}

async fn serve(listener: std::os::unix::net::UnixListener, state: Arc<State>) {
    let listener = UnixListener::from_std(listener).expect("a listener");
    while let Ok((stream, _)) = listener.accept().await {
        let state = Arc::clone(&state);
        let service = service_fn(move |request| answer(Arc::clone(&state), request));
        tokio::spawn(http2::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service));
    }
}

async fn answer(
    state: Arc<State>,
    request: Request<Incoming>,
) -> Result<Response<BoxBody<Bytes, Infallible>>, Infallible> {
    assert_eq!(request.headers()["containerd-namespace"], containerd_client::HOST_CONTAINERD_NAMESPACE);
    let call = request.uri().path().rsplit('/').next().unwrap_or_default().to_owned();
    let service = request.uri().path().split('/').nth(1).unwrap_or_default().to_owned();
    let body = request.into_body().collect().await.expect("a body").to_bytes();
    // One message, behind a flag and its length.
    let answered = state.call(&service, &call, &body[5..]).await;
    let (status, words, message) = match answered {
        Ok(message) => (OK, String::new(), Some(message)),
        Err((status, words)) => (status, words, None),
    };
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", status.into());
    trailers.insert("grpc-message", words.replace('"', "%22").parse().expect("a header"));
    let framed = message.map(|message| {
        let length = u32::try_from(message.len()).expect("short").to_be_bytes();
        Bytes::from([&[0], &length[..], &message].concat())
    });
    let body = Full::new(framed.unwrap_or_default());
    let body = body.with_trailers(async move { Some(Ok(trailers)) }).map_frame(|frame: Frame<Bytes>| frame).boxed();
    Ok(Response::builder().header("content-type", "application/grpc").body(body).expect("valid"))
}

impl State {
    async fn call(&self, service: &str, call: &str, message: &[u8]) -> Answer {
        self.calls.lock().expect("whole").push(call.to_owned());
        let containers = service.ends_with("Containers");
        match call {
            "Get" if containers => match decode::<ProcessRequest>(message).container_id.as_str() {
                "admin" => encode(&OneContainer { container: Some(admin()) }),
                other => Err((NOT_FOUND, format!("container {other:?} not found"))),
            },
            "List" => encode(&ListContainers { containers: vec![admin()] }),
            "Get" => encode(&GetTask { process: Some(Process { status: 2 }) }),
            "Exec" => self.add(decode(message)),
            "Wait" => self.wait(&decode::<ProcessRequest>(message).exec_id).await,
            _ => self.with(&decode(message), call),
        }
    }

    fn add(&self, request: ExecRequest) -> Answer {
        let id = request.exec_id.clone();
        self.programs.lock().expect("whole").insert(id, Program::new(request));
        Ok(Vec::new())
    }

    fn with(&self, request: &ProcessRequest, call: &str) -> Answer {
        let mut programs = self.programs.lock().expect("whole");
        let none = || (NOT_FOUND, format!("process {:?}: not found", request.exec_id));
        let program = programs.get_mut(&request.exec_id).ok_or_else(none)?;
        match call {
            "Start" => program.start().map_err(|error| (INTERNAL, format!("{NO_PROGRAM}: {error}: unknown")))?,
            "Kill" if program.exit_code().is_some() => return Err((NOT_FOUND, "process already finished".into())),
            "Kill" => program.kill(request.number),
            "ResizePty" => program.resize(request.number, request.height),
            "CloseIO" => program.close_stdin(),
            "DeleteProcess" => drop(programs.remove(&request.exec_id)),
            call => panic!("{call} was not expected"),
        }
        Ok(Vec::new())
    }

    async fn wait(&self, id: &str) -> Answer {
        loop {
            match self.programs.lock().expect("whole").get_mut(id).map(Program::exit_code) {
                None => return Err((NOT_FOUND, format!("process {id:?}: not found"))),
                Some(Some(exit_status)) => return encode(&Wait { exit_status }),
                Some(None) => {}
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

fn admin() -> Container {
    let spec = json!({"process": {"args": ["init"], "cwd": "/", "env": ["PATH=/usr/bin:/bin"]}});
    Container { id: "admin".into(), spec: Some(Any { value: spec.to_string().into_bytes() }) }
}

fn decode<M: Message + Default>(bytes: &[u8]) -> M {
    M::decode(bytes).expect("a message")
}

fn encode(message: &impl Message) -> Answer {
    Ok(message.encode_to_vec())
}
