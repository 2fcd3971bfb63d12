use super::{
    HostContainers,
    fifos::{Ends, Fifos},
    name,
    refusal::Refusal,
    spec,
};
use containerd_client::{Client, Error, ExecProcess, HOST_CONTAINERD_NAMESPACE, Status, Streams};
use exec_protocol::{Initialize, Size};
use models::{brief, refusal::shown};
use rustix::process::Signal;
use std::{fs::File, path::PathBuf, time::Duration};
use tokio::{net::unix::pipe, time::timeout};

/// For a killed command to be gone.
const END_DEADLINE: Duration = Duration::from_secs(10);
const RANDOM_BYTES: usize = 8;

/// A command in a container. It has to be ended by [`Self::kill`] or [`Self::remove`].
pub struct Process {
    process: ExecProcess,
    fifos: Fifos,
}

impl Process {
    /// Starts what was asked for.
    pub async fn start(
        host: &HostContainers,
        request: &Initialize,
    ) -> Result<(Self, pipe::Sender, pipe::Receiver), Refusal> {
        let target = &request.target;
        if !name::is_container(target) {
            return Err(Refusal::policy(format!("\"{}\" is no name of a container", shown(target))));
        }
        let client = Client::connect(&host.containerd, HOST_CONTAINERD_NAMESPACE).await?;
        let container = match client.get_container(target).await {
            Err(error) if error.is_not_found() => return Err(not_running(&client, target).await),
            container => container?,
        };
        let spec = spec::process(container, request)?;
        let exec_id = exec_id().map_err(Refusal::error)?;
        let fifos = Fifos::make(host.fifos.join(target).join(&exec_id)).map_err(Refusal::error)?;
        let Ends { stdin, output, until_started } = fifos.open().map_err(Refusal::error)?;
        let process = Self { process: client.exec_process(target, &exec_id), fifos };
        match process.begin(spec, request.tty.is_some(), until_started).await {
            Ok(()) => Ok((process, stdin, output)),
            Err(error) => {
                let missing = error.is_not_found();
                match error.code() {
                    // One that containerd has refused to start never ran.
                    Some(_) => process.remove().await,
                    None => process.kill().await,
                }
                Err(if missing { not_running(&client, target).await } else { error.into() })
            }
        }
    }

    /// One that a former server has started.
    pub fn left(client: &Client, container: &str, exec_id: &str, directory: PathBuf) -> Self {
        Self { process: client.exec_process(container, exec_id), fifos: Fifos::found(directory) }
    }

    async fn begin(&self, spec: Vec<u8>, terminal: bool, _until_started: File) -> Result<(), Error> {
        let path = |path: PathBuf| path.to_string_lossy().into_owned();
        let output = path(self.fifos.output());
        let stderr = if terminal { String::new() } else { output.clone() };
        let streams = Streams { stdin: path(self.fifos.stdin()), stdout: output, stderr, terminal };
        self.process.add(spec, streams).await?;
        self.process.start().await
    }

    /// Its exit code, as soon as it has ended.
    pub async fn exit(&self) -> Result<u32, Refusal> {
        Ok(self.process.wait().await?.exit_status)
    }

    pub async fn resize(&self, size: Size) {
        // It may have ended in this moment.
        let _ = self.process.resize(size.cols.into(), size.rows.into()).await;
    }

    pub async fn close_stdin(&self) {
        let _ = self.process.close_stdin().await;
    }

    /// Ends it, and leaves nothing of it.
    pub async fn kill(self) {
        // It may have ended, or not have started.
        let _ = self.process.kill(Signal::KILL.as_raw().unsigned_abs()).await;
        let _ = timeout(END_DEADLINE, self.process.wait()).await;
        self.remove().await;
    }

    /// Leaves nothing of one that has ended.
    pub async fn remove(self) {
        match self.process.delete().await {
            Err(error) if !error.is_not_found() => eprintln!("A command of /exec cannot be removed: {error}"),
            _ => {}
        }
    }
}

/// Says which containers there are instead.
async fn not_running(client: &Client, target: &str) -> Refusal {
    let running = match running(client).await {
        Ok(names) if names.is_empty() => "there is none".to_owned(),
        Ok(names) => format!("there are {}", brief(&names)),
        Err(error) => return error.into(),
    };
    Refusal::error(format!("\"{}\" is no running host container; {running}", shown(target)))
}

async fn running(client: &Client) -> Result<Vec<String>, Error> {
    let mut names = Vec::new();
    for container in client.list_containers().await? {
        match client.get_task(&container.id).await {
            Ok(task) if task.status() == Status::Running => names.push(container.id),
            Err(error) if !error.is_not_found() => return Err(error),
            _ => {}
        }
    }
    names.sort();
    Ok(names)
}

fn exec_id() -> Result<String, getrandom::Error> {
    let mut random = [0; RANDOM_BYTES];
    getrandom::fill(&mut random)?;
    Ok(format!("apiexec-{:016x}", u64::from_le_bytes(random)))
}
