//! Connections, and how little a client can take by them: descriptors, memory, time.

mod answer_body;
mod body;
mod client;
mod memory;
mod place;

use crate::app::App;
use client::Client;
use memory::Memory;
use place::Places;
use std::{cell::Cell, convert::Infallible, io, rc::Rc, time::Duration};
use tokio::{
    net::UnixListener,
    signal::unix::{SignalKind, signal},
    time::{Instant, sleep},
};

/// Out of descriptors, `accept` fails at once again and again; connections need a moment to end.
const PAUSE_AFTER_FAILED_ACCEPT: Duration = Duration::from_millis(100);
/// How long requests may still take once the server is told to stop. The one for a reboot is always among them.
const LAST_REQUESTS: Duration = Duration::from_secs(2);
const PAUSE_WHILE_STOPPING: Duration = Duration::from_millis(20);

/// How many requests wait for their answer.
#[derive(Clone, Default)]
struct InFlight(Rc<Cell<usize>>);

/// Serves every connection until SIGTERM, and then those requests that have begun.
pub async fn serve(listener: UnixListener, app: Rc<App>) -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let in_flight = InFlight::default();
    let accepting = tokio::task::spawn_local(accept_forever(listener, Rc::clone(&app), in_flight.clone()));
    terminate.recv().await;
    accepting.abort();
    app.exec.stop();
    let start = Instant::now();
    // At least once, so that an answer which is ready gets out.
    loop {
        sleep(PAUSE_WHILE_STOPPING).await;
        if (in_flight.0.get() == 0 && app.exec.is_idle()) || start.elapsed() > LAST_REQUESTS {
            return Ok(());
        }
    }
}

async fn accept_forever(listener: UnixListener, app: Rc<App>, in_flight: InFlight) -> Infallible {
    let (places, memory) = (Places::default(), Memory::default());
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let client = Client::new(&app, &memory, places.enter().await, &in_flight);
                tokio::task::spawn_local(client.serve(stream));
            }
            Err(error) => {
                eprintln!("Unable to accept a connection: {error}");
                sleep(PAUSE_AFTER_FAILED_ACCEPT).await;
            }
        }
    }
}

impl InFlight {
    /// Counts one more until what is returned is dropped, also when the client goes away in between.
    fn count(&self) -> impl Drop + use<> {
        struct Counted(Rc<Cell<usize>>);
        impl Drop for Counted {
            fn drop(&mut self) {
                self.0.set(self.0.get() - 1);
            }
        }
        self.0.set(self.0.get() + 1);
        Counted(Rc::clone(&self.0))
    }
}

/// A client's patience with its server is not tested here, but the server's with its clients: on a paused clock, which goes on
/// to the next deadline when nothing else is left to do.
#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        app::{Livepatches, Updates},
        applier::Applier,
        exec::{Exec, HostContainers},
    };
    use datastore::Store;
    use migrations::{Migrations, Release};
    use models::{Defaults, tree::Tree};
    use place::PATIENCE;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::UnixStream,
        task::LocalSet,
    };

    fn app(dir: &tempfile::TempDir) -> App {
        let migrations = Migrations::parse("migration = []").expect("valid");
        let release = Release { version: semver::Version::new(1, 0, 0), migrations, accepts: |_| Ok(()) };
        let (store, _) = Store::open(dir.path(), &release).expect("opened");
        let defaults = Defaults::parse(include_str!("../../../../defaults/defaults.toml")).expect("valid");
        let updates = Updates { program: "".into(), status: "".into(), lock: "".into() };
        let exec = Exec::new(HostContainers { containerd: "".into(), fifos: "".into() });
        let livepatches = Livepatches { socket: "".into(), status: "".into() };
        App::new(store, Tree::new(), defaults, Applier::new("".into()), updates, livepatches, exec)
    }

    /// What a client gets that sends `pieces` with a pause after each, and how long its connection lasts.
    async fn served(pieces: &[&str], pause_between: Duration) -> (String, Duration) {
        let dir = tempfile::tempdir().expect("a directory");
        let (mut client, server) = UnixStream::pair().expect("a pair");
        let in_flight = InFlight::default();
        let serving = Client::new(&Rc::new(app(&dir)), &Memory::default(), Places::default().enter().await, &in_flight);
        let start = Instant::now();
        let talk = async {
            for piece in pieces {
                if client.write_all(piece.as_bytes()).await.is_err() {
                    break;
                }
                sleep(pause_between).await;
            }
            let mut answer = String::new();
            let _ = client.read_to_string(&mut answer).await;
            answer
        };
        let serving = async {
            serving.serve(server).await;
            start.elapsed()
        };
        LocalSet::new().run_until(async { tokio::join!(talk, serving) }).await
    }

    fn close(measured: Duration, expected: Duration) -> bool {
        measured >= expected && measured < expected + Duration::from_secs(1)
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_has_its_time_as_a_whole() {
        for pieces in [&[][..], &["GET"], &["G"; 100]] {
            let (answer, lasted) = served(pieces, Duration::from_millis(500)).await;
            assert_eq!(answer, "");
            assert!(lasted < PATIENCE * 2, "{lasted:?}");
        }
        let (_, lasted) = served(&[], Duration::ZERO).await;
        assert!(close(lasted, PATIENCE), "{lasted:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_has_its_time_as_a_whole_and_the_client_is_told() {
        let head = "PATCH /settings HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n";
        for pieces in [vec![head, "{"], [vec![head], vec!["{"; 100]].concat()] {
            let (answer, lasted) = served(&pieces, Duration::from_millis(400)).await;
            assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
            assert!(answer.ends_with("did not end within 30 s; send it without a pause"), "{answer}");
            assert!(lasted < PATIENCE * 2, "{lasted:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_idle_connection_is_closed_and_a_used_one_stays() {
        let request = "GET /settings?prefix=x HTTP/1.1\r\nhost: x\r\n\r\n";
        let (answer, lasted) = served(&[request; 10], PATIENCE / 2).await;
        assert_eq!(answer.matches("HTTP/1.1 200 OK").count(), 10, "{answer}");
        assert!(close(lasted, PATIENCE / 2 * 9 + PATIENCE), "{lasted:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn answers_have_their_time_to_be_taken() {
        let requests = "GET /configuration-files HTTP/1.1\r\nhost: x\r\n\r\n".repeat(2000);
        let (_, lasted) = served(&[&requests], PATIENCE * 3).await;
        assert!(lasted < PATIENCE * 2, "{lasted:?}");
    }
}
