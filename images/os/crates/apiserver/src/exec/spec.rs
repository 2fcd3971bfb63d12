use super::refusal::Refusal;
use containerd_client::Container;
use exec_protocol::{Argument, Initialize, Terminal};
use serde_json::{Value, json};

/// As upstream: programs ask a real terminal for what it can do, and the answers would become the command's input.
const TERM: &str = "TERM=screen";

/// The process as JSON of the OCI runtime specification: like the container's first one, with its user, rights and
/// environment, but for the command and the terminal.
pub fn process(container: Container, request: &Initialize) -> Result<Vec<u8>, Refusal> {
    let unreadable = |reason: String| Refusal::error(format!("the container's specification cannot be read: {reason}"));
    let bytes = container.spec.map(|spec| spec.value).unwrap_or_default();
    let mut spec: Value = serde_json::from_slice(&bytes).map_err(|error| unreadable(error.to_string()))?;
    let process = spec.get_mut("process").and_then(Value::as_object_mut);
    let fields = process.ok_or_else(|| unreadable("it has no process".into()))?;
    fields.insert("args".into(), json!(arguments(request)?));
    fields.insert("terminal".into(), json!(request.tty.is_some()));
    fields.remove("consoleSize");
    if let Some(Terminal { size }) = &request.tty {
        fields.insert("env".into(), with_term(fields.get("env")));
        if let Some(size) = size {
            fields.insert("consoleSize".into(), json!({ "height": size.rows, "width": size.cols }));
        }
    }
    Ok(json!(fields).to_string().into_bytes())
}

/// The runtime takes them as JSON, and the kernel ends each at its first NUL.
fn arguments(request: &Initialize) -> Result<Vec<&str>, Refusal> {
    if request.command.first().is_none_or(|program| program.bytes().is_empty()) {
        return Err(Refusal::policy("the command is empty"));
    }
    request.command.iter().enumerate().map(|(index, argument)| text(index, argument)).collect()
}

fn text(index: usize, argument: &Argument) -> Result<&str, Refusal> {
    let text = std::str::from_utf8(argument.bytes()).ok().filter(|text| !text.contains('\0'));
    text.ok_or_else(|| Refusal::policy(format!("argument {index} of the command is not UTF-8 text without NUL")))
}

fn with_term(env: Option<&Value>) -> Value {
    let given = env.and_then(Value::as_array).into_iter().flatten();
    let others = given.filter(|variable| !variable.as_str().is_some_and(|text| text.starts_with("TERM=")));
    others.cloned().chain([json!(TERM)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use containerd_client::Any;
    use exec_protocol::Size;

    fn container(spec: &str) -> Container {
        Container { spec: Some(Any { type_url: String::new(), value: spec.into() }), ..Container::default() }
    }

    fn request(command: &[&[u8]], tty: Option<Terminal>) -> Initialize {
        let command = command.iter().map(|argument| Argument::Unix(argument.to_vec())).collect();
        Initialize { command, target: "admin".into(), tty }
    }

    const SPEC: &str = r#"{"process": {"args": ["init"], "cwd": "/", "env": ["A=1", "TERM=xterm"], "user": {"uid": 5},
        "terminal": true, "consoleSize": {"height": 1, "width": 1}, "noNewPrivileges": true}}"#;

    #[test]
    fn a_command_is_like_the_first_process_but_for_its_arguments() {
        let spec = process(container(SPEC), &request(&[b"ls", b"-l"], None)).expect("made");
        let expected = json!({"args": ["ls", "-l"], "cwd": "/", "env": ["A=1", "TERM=xterm"], "user": {"uid": 5},
            "terminal": false, "noNewPrivileges": true});
        assert_eq!(serde_json::from_slice::<Value>(&spec).expect("JSON"), expected);
    }

    #[test]
    fn a_terminal_has_a_size_and_a_name() {
        let tty = Some(Terminal { size: Some(Size { rows: 24, cols: 80 }) });
        let spec = process(container(SPEC), &request(&[b"sh"], tty)).expect("made");
        let spec: Value = serde_json::from_slice(&spec).expect("JSON");
        assert_eq!(spec["consoleSize"], json!({"height": 24, "width": 80}));
        assert_eq!((&spec["terminal"], &spec["env"]), (&json!(true), &json!(["A=1", "TERM=screen"])));
    }

    #[test]
    fn what_cannot_be_run_is_refused() {
        for command in [&[][..], &[&b""[..]], &[b"ls", b"\xff"], &[b"a\0b"]] {
            assert!(process(container(SPEC), &request(command, None)).is_err(), "{command:?}");
        }
        for spec in ["", "{}", "[]", r#"{"process": 5}"#] {
            assert!(process(container(spec), &request(&[b"ls"], None)).is_err(), "{spec}");
        }
    }
}
