use super::Powers;
use crate::configuration::Configuration;
use serde::Deserialize;
use serde_json::{Value, json};

/// Where programs are looked for when an image does not say.
const PATH: &str = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// Open files of a process: what is usual for a program that was not written to hold more.
const OPEN_FILES: u64 = 1024;

/// What an image says of its process (OCI image specification, `config`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ImageProcess {
    user: Option<String>,
    env: Option<Vec<String>>,
    entrypoint: Option<Vec<String>>,
    cmd: Option<Vec<String>>,
    working_dir: Option<String>,
}

pub fn build(
    image: &ImageProcess,
    configuration: &Configuration,
    allowed: &[&str],
    powers: Powers,
) -> Result<Value, String> {
    let (uid, gid) = user(image.user.as_deref().unwrap_or_default())?;
    Ok(json!({
        "user": { "uid": uid, "gid": gid },
        "args": arguments(image, configuration)?,
        "env": environment(image.env.as_deref().unwrap_or_default()),
        "cwd": image.working_dir.as_deref().filter(|path| path.starts_with('/')).unwrap_or("/"),
        "capabilities": { "bounding": allowed, "effective": allowed, "permitted": allowed },
        "rlimits": [{ "type": "RLIMIT_NOFILE", "hard": OPEN_FILES, "soft": OPEN_FILES }],
        "noNewPrivileges": powers != Powers::Super,
    }))
}

fn arguments(image: &ImageProcess, configuration: &Configuration) -> Result<Vec<String>, String> {
    if !configuration.command.is_empty() {
        return Ok(configuration.command.clone());
    }
    let words: Vec<_> = [&image.entrypoint, &image.cmd].into_iter().flatten().flatten().cloned().collect();
    if words.is_empty() { Err("the image does not say what to run, and no command is set".into()) } else { Ok(words) }
}

fn environment(image: &[String]) -> Vec<String> {
    let has_path = image.iter().any(|variable| variable.starts_with("PATH="));
    let default = (!has_path).then(|| PATH.to_owned());
    default.into_iter().chain(image.iter().cloned()).collect()
}

/// A name would have to be looked up in files that the image brings.
fn user(user: &str) -> Result<(u32, u32), String> {
    let number = |part: &str| match part {
        "" | "root" => Some(0),
        _ => part.parse().ok(),
    };
    let (uid, gid) = user.split_once(':').unwrap_or((user, ""));
    number(uid).zip(number(gid)).ok_or_else(|| format!("the image runs as the user {user:?}, which is not a number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_a_number() {
        assert_eq!(user(""), Ok((0, 0)));
        assert_eq!(user("1000"), Ok((1000, 0)));
        assert_eq!(user("root:7"), Ok((0, 7)));
        for bad in ["daemon", "-1", "0:wheel", "4294967296"] {
            assert!(user(bad).expect_err("refused").contains(bad));
        }
    }

    #[test]
    fn a_command_replaces_all_that_the_image_says() {
        let image = ImageProcess {
            entrypoint: Some(vec!["/a".into()]),
            cmd: Some(vec!["b".into()]),
            ..ImageProcess::default()
        };
        let set = |command: &[&str]| Configuration {
            command: command.iter().map(ToString::to_string).collect(),
            ..Configuration::default()
        };
        assert_eq!(arguments(&image, &set(&[])), Ok(vec!["/a".into(), "b".into()]));
        assert_eq!(arguments(&image, &set(&["/c"])), Ok(vec!["/c".into()]));
        assert!(arguments(&ImageProcess::default(), &set(&[])).expect_err("nothing").contains("what to run"));
    }

    #[test]
    fn a_path_of_the_image_s_own_stays() {
        assert_eq!(environment(&["A=1".into()]), [PATH, "A=1"]);
        assert_eq!(environment(&["PATH=/x".into()]), ["PATH=/x"]);
    }
}
