use super::{client::Client, containerd::Containerd};
use crate::server::Server;
use exec_protocol::{ClientMessage, Size};

#[test]
fn a_command_gives_its_output_and_exit_code() {
    let server = Server::booted();
    let containerd = Containerd::listen(&server.containerd());
    let mut client = Client::run(&server, &["sh", "-c", "echo out; echo err >&2; exit 3"]);
    assert_eq!(client.end(), (1000, "3".into()));
    let mut lines: Vec<_> = str::from_utf8(&client.output).expect("text").lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, ["err", "out"]);
    crate::server::wait_for("the removed command", || containerd.programs() == 0);
    assert!(!containerd.calls().contains(&"Kill".to_owned()));
}

#[test]
fn a_signal_gives_128_and_its_number() {
    let server = Server::booted();
    let _containerd = Containerd::listen(&server.containerd());
    let mut client = Client::run(&server, &["sh", "-c", "kill -TERM $$"]);
    assert_eq!(client.end(), (1000, "143".into()));
}

#[test]
fn input_reaches_the_command_until_it_ends() {
    let server = Server::booted();
    let _containerd = Containerd::listen(&server.containerd());
    let mut client = Client::run(&server, &["cat"]);
    let mut sent = Vec::new();
    for number in 0..300_u32 {
        let piece = format!("{number:0>1000}\n");
        client.write(piece.as_bytes());
        sent.extend_from_slice(piece.as_bytes());
    }
    client.say(&ClientMessage::ContentComplete);
    assert_eq!(client.end(), (1000, "0".into()));
    assert!(client.output == sent, "{} of {} bytes, or others", client.output.len(), sent.len());
    let told: Vec<_> = client.capacities.iter().map(|capacity| capacity.messages_written).collect();
    // What could not be told before there was something newer is left out.
    assert!(told.starts_with(&[0]) && told.ends_with(&[256]) && told.iter().all(|count| count % 128 == 0), "{told:?}");
    assert!(client.capacities.iter().all(|capacity| capacity.max_messages_outstanding == 1024));
}

#[test]
fn a_terminal_has_the_clients_size_and_keys() {
    let server = Server::booted();
    let _containerd = Containerd::listen(&server.containerd());
    let script = "stty size; read x; stty size; read x; sleep 100";
    let mut client = Client::run_in_terminal(&server, &["sh", "-c", script], 24, 80);
    client.wait_for_output("24 80");
    client.say(&ClientMessage::Winch(Size { rows: 30, cols: 100 }));
    client.write(b"\n");
    client.wait_for_output("30 100");
    client.write(b"\n");
    // The terminal makes a signal of it.
    client.write(b"\x03");
    assert_eq!(client.end(), (1000, "130".into()));
}

#[test]
fn a_program_that_is_not_there_is_told_by_the_runtimes_words() {
    let server = Server::booted();
    let containerd = Containerd::listen(&server.containerd());
    let mut client = Client::connect(&server);
    client.ask("admin", &["/no/such/program"], None);
    let (code, reason) = client.end();
    assert_eq!(code, 1011);
    assert!(reason.contains("no program: No such file or directory"), "{reason}");
    crate::server::wait_for("the removed command", || containerd.programs() == 0);
}

#[test]
fn an_unknown_container_is_refused_with_those_that_run() {
    let server = Server::booted();
    let _containerd = Containerd::listen(&server.containerd());
    let mut client = Client::connect(&server);
    client.ask("contrl", &["ls"], None);
    assert_eq!(client.end(), (1011, "\"contrl\" is no running host container; there are admin".into()));
}

#[test]
fn without_host_containers_the_socket_is_named() {
    let server = Server::booted();
    let mut client = Client::connect(&server);
    client.ask("admin", &["ls"], None);
    let (code, reason) = client.end();
    assert!(code == 1011 && reason.contains("No such file or directory"), "{code} {reason}");
}
