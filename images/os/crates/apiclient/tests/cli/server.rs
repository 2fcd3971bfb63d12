use std::{
    collections::VecDeque,
    io::{BufRead, BufReader, Read, Write},
    os::unix::net::{UnixListener, UnixStream},
    path::PathBuf,
    process::{Command, Output},
    sync::{Arc, Mutex},
    thread,
};
use tempfile::TempDir;

/// A host API that gives the answers of a list, one after the other, and keeps the requests.
pub struct Server {
    dir: TempDir,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub fn answering(answers: &[(u16, &str)]) -> Self {
        let (dir, listener) = listen();
        let requests = Arc::<Mutex<Vec<String>>>::default();
        let mut answers: VecDeque<_> = answers.iter().map(|(status, body)| (*status, (*body).to_owned())).collect();
        let seen = Arc::clone(&requests);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.expect("a connection");
                seen.lock().expect("whole").push(read(&stream));
                let (status, body) = answers.pop_front().expect("one more answer");
                let length = body.len();
                let _ = write!(stream, "HTTP/1.1 {status} X\r\ncontent-length: {length}\r\n\r\n{body}");
            }
        });
        Self { dir, requests }
    }

    /// Each request's method, target and body, with what is random in a target left out.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("whole").clone()
    }

    pub fn apiclient(&self, arguments: &[&str]) -> Output {
        command(&self.dir).args(arguments).output().expect("run")
    }

    pub fn apply(&self, file: &str, content: &str) -> Output {
        let path = self.dir.path().join(file);
        std::fs::write(&path, content).expect("written");
        command(&self.dir).arg("apply").arg(path).output().expect("run")
    }
}

pub fn listen() -> (TempDir, UnixListener) {
    let dir = tempfile::tempdir().expect("a directory");
    let listener = UnixListener::bind(socket(&dir)).expect("bound");
    (dir, listener)
}

pub fn command(dir: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_apiclient"));
    command.arg("--socket-path").arg(socket(dir));
    command
}

fn socket(dir: &TempDir) -> PathBuf {
    dir.path().join("api.sock")
}

fn read(stream: &UnixStream) -> String {
    let mut reader = BufReader::new(stream);
    let (mut first, mut length) = (String::new(), 0);
    reader.read_line(&mut first).expect("a line");
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).expect("a line");
        match line.trim_end().split_once(": ") {
            Some(("content-length", value)) => length = value.parse().expect("a length"),
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("a body");
    let target = first.trim_end().trim_end_matches(" HTTP/1.1");
    let target = target
        .split_once("?tx=apiclient-")
        .map_or(target.to_owned(), |(path, name)| format!("{path}?tx={}", name.split_once('-').expect("a purpose").0));
    format!("{target} {}", String::from_utf8_lossy(&body)).trim_end().to_owned()
}
