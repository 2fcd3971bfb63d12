use std::process::{Command, Output};

fn apiclient(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_apiclient")).args(arguments).output().expect("run")
}

#[test]
fn wrong_use_is_told_in_one_line_with_what_is_right() {
    for (arguments, words) in [
        (&[][..], "there is no sub-command. There are get, set, apply, exec"),
        (&["gets"], "\"gets\" is not a sub-command. There are get,"),
        (&["get", "-x"], "the option -x is not known here"),
        (&["get", "/a", "/b"], "a path is asked for alone"),
        (&["set"], "set takes either KEY=VALUE"),
        (&["set", "hunter2"], "argument 1 of set has no ="),
        (&["set", "-j", "{"], "--json takes JSON"),
        (&["apply", "https://x/y.toml"], "apply reads files, not https URIs"),
        (&["exec"], "exec needs a CONTAINER"),
        (&["exec", "admin"], "exec needs a COMMAND"),
        (&["update"], "update takes check, apply or cancel"),
        (&["update", "apply", "-x"], "the option -x"),
        (&["report", "../x"], "is not the name of a report"),
        (&["raw"], "raw needs -u URI"),
        (&["raw", "-u", "settings"], "it begins with /"),
        (&["raw", "-u", "/x", "-m", "get\r\n"], "it is one in capitals"),
        (&["-s"], "missing argument"),
        (&["reboot", "now"], "the argument \"now\""),
    ] {
        let output = apiclient(arguments);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {told}");
        assert!(
            told.starts_with("apiclient: ") && told.contains(words) && told.lines().count() == 1,
            "{arguments:?}: {told}"
        );
        assert!(output.stdout.is_empty() && !told.contains("hunter2"), "{arguments:?}: {told}");
    }
}

#[test]
fn help_and_version_are_output() {
    for (arguments, words) in [
        (&["--help"][..], "Usage: apiclient COMMAND"),
        (&["exec", "-h"], "Usage: apiclient exec [-t | -T] CONTAINER"),
        (&["update", "apply", "--help"], "-r, --reboot"),
        (&["--version"], concat!("apiclient ", env!("CARGO_PKG_VERSION"))),
    ] {
        let output = apiclient(arguments);
        let shown = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            output.status.success() && output.stderr.is_empty() && shown.contains(words),
            "{arguments:?}: {output:?}"
        );
    }
}

#[test]
fn a_socket_that_is_not_there_is_named() {
    let output = apiclient(&["-s", "/no/such.sock", "get"]);
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("GET /?prefix=settings on /no/such.sock: No such file"), "{told}");
}
