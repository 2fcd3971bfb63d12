//! Whatever ends first, nothing of a command is left.

use super::{client::Client, containerd::Containerd};
use crate::server::{Server, wait_for};
use std::time::{Duration, Instant};

/// The server is patient for 10 s with a client, and for 5 s with output after the command's end.
const SOON: Duration = Duration::from_secs(40);

fn nothing_is_left(server: &Server, containerd: &Containerd) {
    wait_for("the removed command", || containerd.programs() == 0);
    wait_for("the removed pipes", || {
        std::fs::read_dir(server.exec_pipes()).map_or(true, |mut entries| entries.next().is_none())
    });
}

#[test]
fn a_client_that_goes_away_takes_its_command_with_it() {
    let server = Server::booted();
    let containerd = Containerd::listen(&server.containerd());
    let client = Client::run(&server, &["sleep", "600"]);
    assert_eq!(containerd.programs(), 1);
    drop(client);
    nothing_is_left(&server, &containerd);
    assert!(containerd.calls().contains(&"Kill".to_owned()));
}

#[test]
fn a_client_that_gives_no_sign_of_life_is_dropped() {
    let server = Server::booted();
    let containerd = Containerd::listen(&server.containerd());
    let start = Instant::now();
    // It does not read, so it does not answer.
    let _client = Client::run(&server, &["sleep", "600"]);
    nothing_is_left(&server, &containerd);
    assert!(start.elapsed() > Duration::from_secs(9), "{:?}", start.elapsed());
}

#[test]
fn a_stopping_server_ends_its_commands_and_says_so() {
    let mut server = Server::booted();
    let containerd = Containerd::listen(&server.containerd());
    let mut client = Client::run(&server, &["sleep", "600"]);
    server.terminate();
    let (code, reason) = client.end();
    assert!(code == 1001 && reason.contains("the host API server is stopping"), "{code} {reason}");
    drop(client);
    server.has_ended();
    nothing_is_left(&server, &containerd);
}

#[test]
fn what_a_killed_server_has_left_is_ended_by_the_next_one() {
    let mut server = Server::booted();
    let containerd = Containerd::listen(&server.containerd());
    let client = Client::run(&server, &["sleep", "600"]);
    server.power_cycle();
    nothing_is_left(&server, &containerd);
    drop(client);
}

#[test]
fn a_process_in_the_background_does_not_hold_the_session() {
    let server = Server::booted();
    let containerd = Containerd::listen(&server.containerd());
    let start = Instant::now();
    let mut client = Client::run(&server, &["sh", "-c", "sleep 60 & echo started"]);
    assert_eq!(client.end(), (1000, "0".into()));
    assert_eq!(client.output, b"started\n");
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    nothing_is_left(&server, &containerd);
}

#[test]
fn a_lost_containerd_ends_the_session() {
    let server = Server::booted();
    let containerd = Containerd::listen(&server.containerd());
    let mut client = Client::run(&server, &["sleep", "600"]);
    containerd.lose();
    assert_eq!(client.end().0, 1011);
}
