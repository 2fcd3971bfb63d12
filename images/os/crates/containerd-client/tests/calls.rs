//! Calls to a scripted containerd on a real socket. Messages are compared as bytes, so that a wrong field number shows.

#[path = "../testing/peer.rs"]
mod peer;

use containerd_client::{Client, Code, Container, Error, Runtime, Streams};
use peer::{Call, Calls, NOT_FOUND, Reply, serve};
use std::{future::Future, path::Path};

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(future)
}

async fn connected(
    dir: &Path,
    script: impl Fn(&str, &[u8]) -> Reply + Send + Sync + 'static,
) -> Result<(Client, Calls), Error> {
    let socket = dir.join("containerd.sock");
    let calls = serve(&socket, script);
    Ok((Client::connect(&socket, "k8s.io").await?, calls))
}

fn only(calls: &Calls) -> Call {
    let calls = calls.lock().expect("no panic");
    let [call] = &calls[..] else { panic!("{calls:?}") };
    call.clone()
}

#[test]
fn a_call_carries_its_namespace_and_fields() {
    let dir = tempfile::tempdir().expect("a directory");
    block_on(async {
        let (client, calls) = connected(dir.path(), |_, _| Reply::message(b"")).await.expect("connected");
        client.kill_task("a", 15, true).await.expect("answered");
        let message = b"\x0a\x01a\x18\x0f\x20\x01".to_vec();
        assert_eq!(only(&calls), Call { name: "Tasks/Kill".into(), namespace: "k8s.io".into(), message });
    });
}

#[test]
fn a_container_is_created_with_cgroups_that_are_units() {
    let dir = tempfile::tempdir().expect("a directory");
    block_on(async {
        let (client, calls) = connected(dir.path(), |_, _| Reply::message(b"")).await.expect("connected");
        let container = Container {
            id: "a".into(),
            runtime: Some(Runtime::runc()),
            snapshotter: "s".into(),
            snapshot_key: "k".into(),
            ..Container::default()
        };
        client.create_container(container).await.expect("answered");
        let options = b"\x0a\x1acontainerd.runc.v1.Options\x12\x02\x48\x01";
        let runtime = [&b"\x0a\x15io.containerd.runc.v2\x12"[..], &[options.len() as u8], options].concat();
        let container = [&b"\x0a\x01a\x22"[..], &[runtime.len() as u8], &runtime, b"\x32\x01s\x3a\x01k"].concat();
        let request = [&[0x0a, container.len() as u8][..], &container].concat();
        assert_eq!(only(&calls).message, request);
    });
}

#[test]
fn answers_are_read() {
    let dir = tempfile::tempdir().expect("a directory");
    block_on(async {
        let script = |name: &str, _: &[u8]| match name {
            "ImageService/ImageStatus" => Reply::message(b"\x0a\x08\x0a\x06sha256"),
            "Tasks/Wait" => Reply::message(b"\x08\x89\x01"),
            "Tasks/Create" => Reply::message(b"\x10\x2a"),
            "Content/Read" => Reply::Messages(vec![b"\x12\x02ab".to_vec(), b"\x08\x02\x12\x01c".to_vec()]),
            "Content/Info" => Reply::message(b"\x0a\x08\x2a\x06\x0a\x01k\x12\x01v"),
            other => panic!("{other}"),
        };
        let (client, _) = connected(dir.path(), script).await.expect("connected");
        assert_eq!(client.find_image("a").await.expect("answered").as_deref(), Some("sha256"));
        assert_eq!(client.wait_for_task("a").await.expect("answered").exit_status, 137);
        assert_eq!(client.create_task("a", Vec::new(), Streams::default()).await.expect("answered"), 42);
        assert_eq!(client.read_content("a", 3).await.expect("answered"), b"abc");
        assert_eq!(client.content_labels("a").await.expect("answered")["k"], "v");
        let refused = client.read_content("a", 2).await.expect_err("too long");
        assert_eq!(refused.to_string(), "Content/Read: a has more than 2 bytes");
    });
}

#[test]
fn a_refusal_has_the_call_and_containerd_s_words() {
    let dir = tempfile::tempdir().expect("a directory");
    block_on(async {
        let refusing = |_: &str, _: &[u8]| Reply::Refusal(NOT_FOUND, "no running task");
        let (client, _) = connected(dir.path(), refusing).await.expect("connected");
        let refused = client.get_task("a").await.expect_err("refused");
        assert_eq!((refused.code(), refused.is_not_found()), (Some(Code::NotFound), true));
        assert_eq!(refused.to_string(), "Tasks/Get: no running task");
    });
}

#[test]
fn a_call_without_an_answer_is_given_up() {
    let dir = tempfile::tempdir().expect("a directory");
    block_on(async {
        let (client, _) = connected(dir.path(), |_, _| Reply::Never).await.expect("connected");
        // From here on, time goes to the next deadline as soon as there is nothing else to do.
        tokio::time::pause();
        let refused = client.get_task("a").await.expect_err("no answer");
        assert_eq!((refused.to_string().as_str(), refused.code()), ("Tasks/Get: timed out after 120 s", None));
    });
}

#[test]
fn a_socket_that_is_not_there_is_named() {
    let refused = block_on(Client::connect(Path::new("/no/such.sock"), "k8s.io")).err().expect("refused");
    assert!(refused.to_string().starts_with("/no/such.sock: No such file"), "{refused}");
}
