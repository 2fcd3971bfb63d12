use super::*;
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    thread::{JoinHandle, spawn},
};

const PATH: &str = "/2021-07-15/user-data";
const TOKEN_200: &str = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc";

/// A service that gives these answers, one a connection, and returns what it was asked.
fn service(answers: &'static [&'static str]) -> (Imds, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("bound");
    let address = listener.local_addr().expect("an address").to_string();
    let serving = spawn(move || {
        let asked = answers.iter().map(|answer| {
            let mut stream = BufReader::new(listener.accept().expect("a connection").0);
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") {
                assert_ne!(stream.read_line(&mut head).expect("a line"), 0, "the request ends within its head");
            }
            stream.get_mut().write_all(answer.as_bytes()).expect("answered");
            head
        });
        asked.collect()
    });
    (Imds { patience: Duration::from_secs(10), ..Imds::at(address) }, serving)
}

fn methods(asked: &[String]) -> Vec<&str> {
    asked.iter().map(|head| head.split(' ').next().unwrap_or_default()).collect()
}

#[test]
fn every_question_shows_a_token_and_one_does_for_all() {
    let (imds, serving) = service(&[TOKEN_200, "HTTP/1.1 200 OK\r\n\r\nuser-data", "HTTP/1.1 404 Not Found\r\n\r\nno"]);
    assert_eq!(imds.get(PATH), Ok(Some(b"user-data".to_vec())));
    assert_eq!(imds.get("/latest/meta-data/none"), Ok(None));
    let asked = serving.join().expect("served");
    assert_eq!(methods(&asked), ["PUT", "GET", "GET"]);
    assert!(asked[0].contains("\r\nx-aws-ec2-metadata-token-ttl-seconds: 60\r\n"));
    assert!(asked[1].starts_with("GET /2021-07-15/user-data HTTP/1.1\r\n"));
    assert!(asked[1..].iter().all(|head| head.contains("\r\nx-aws-ec2-metadata-token: abc\r\n")));
}

#[test]
fn what_passes_is_asked_again() {
    let (imds, serving) = service(&[
        "HTTP/1.1 503 Busy\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\na",
        TOKEN_200,
        "HTTP/1.1 401 Unauthorized\r\n\r\n",
        TOKEN_200,
        "HTTP/1.1 429 Too Many\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\n",
    ]);
    assert_eq!(imds.get(PATH), Ok(Some(Vec::new())));
    assert_eq!(methods(&serving.join().expect("served")), ["PUT", "PUT", "PUT", "GET", "PUT", "GET", "GET"]);
}

#[test]
fn a_refusal_is_final() {
    let (imds, serving) = service(&["HTTP/1.1 403 Forbidden\r\n\r\n"]);
    assert_eq!(imds.get(PATH), Err("it answers 403".into()));
    serving.join().expect("served");
    let (imds, serving) = service(&["HTTP/1.1 200 OK\r\n\r\na\r\nb: c"]);
    assert_eq!(imds.get(PATH), Err("its token is none: not some printable characters".into()));
    serving.join().expect("served");
}

#[test]
fn nobody_there_is_waited_for_and_told() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("bound");
    let address = listener.local_addr().expect("an address").to_string();
    drop(listener);
    let imds = Imds { patience: Duration::from_millis(1100), ..Imds::at(address) };
    let error = imds.get(PATH).expect_err("nobody is there");
    assert!(error.starts_with("no answer within 1 s: Connection refused"), "{error}");
}

#[test]
fn an_answer_without_end_is_cut_off() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("bound");
    let imds = Imds::at(listener.local_addr().expect("an address").to_string());
    let serving = spawn(move || {
        let mut stream = listener.accept().expect("a connection").0;
        stream.read_exact(&mut [0; 4]).expect("a request");
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").expect("answered");
        while stream.write_all(&[b'#'; 4096]).is_ok() {}
    });
    assert_eq!(imds.get(PATH), Err("it is larger than 1048576 bytes".into()));
    serving.join().expect("served");
}
