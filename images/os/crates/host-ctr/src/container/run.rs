use super::{connection, image, image::Image, output::Output, remove, user_data};
use crate::{
    configuration::{self, Configuration},
    kind::Target,
    spec,
    state::{Phase, Record},
};
use containerd_client::{Any, Client, Container, Exit, Runtime};
use futures_util::future::{Either, select};
use std::{future::Future, io, pin::pin, time::Duration};
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    time::timeout,
};

/// For a container to end after SIGTERM; systemd gives the whole unit ten seconds.
const GRACE: Duration = Duration::from_secs(5);
const SIGTERM: u32 = 15;
const SIGKILL: u32 = 9;
const SPEC_TYPE: &str = "types.containerd.io/opencontainers/runtime-spec/1/Spec";

/// How a container has ended.
pub enum Ending {
    /// With this exit code of its own.
    Exited(u32),
    /// By a SIGTERM to this program.
    Stopped,
}

/// Runs a container until it ends, its output on this program's own. Whatever happens, nothing of it is left in containerd
/// but its image.
///
/// # Errors
/// When it could not be started; the reason is in the report, too.
pub async fn run(target: &Target) -> Result<Ending, String> {
    let mut terminated = signal(SignalKind::terminate()).map_err(|error| format!("SIGTERM: {error}"))?;
    let configuration = configuration::of(target)?.ok_or_else(|| format!("{} is not to run", target.key()))?;
    let record = Record::begin(target, configuration.clone()).map_err(|error| told("its state", &error))?;
    let mut run = Run { target, id: target.id(), configuration, record };
    let ended = run.carry_out(&mut terminated).await;
    run.note(&ended);
    ended
}

fn told(what: &str, error: &io::Error) -> String {
    format!("{what}: {error}")
}

struct Run<'a> {
    target: &'a Target,
    id: String,
    configuration: Configuration,
    record: Record,
}

impl Run<'_> {
    async fn carry_out(&mut self, terminated: &mut Signal) -> Result<Ending, String> {
        let client = connection::open(&self.target.host).await?;
        let ended = match unless_terminated(terminated, self.start(&client)).await {
            Some(output) => self.watch(&client, output?, terminated).await,
            None => Ok(Ending::Stopped),
        };
        // A new connection: the one above is lost if containerd was restarted.
        let cleaned = remove::container(&connection::open(&self.target.host).await?, &self.id).await;
        ended.and_then(|ending| cleaned.map(|()| ending))
    }

    async fn start(&mut self, client: &Client) -> Result<Output, String> {
        user_data::prepare(self.target, self.configuration.user_data.as_deref())?;
        // Of a start that was interrupted.
        remove::container(client, &self.id).await?;
        let source = self.configuration.source.clone();
        let source = source.ok_or_else(|| format!("{}.source is not set", self.target.key()))?;
        let image = image::provide(&self.target.host, client, &source)
            .await
            .map_err(|reason| format!("image {source}: {reason}"))?;
        self.record.update(|state| state.image = Some(image.id.clone())).map_err(|error| told("its state", &error))?;
        let output = self.create(client, &source, image).await?;
        client.start_task(&self.id).await.map_err(|error| error.to_string())?;
        self.record.update(|state| state.phase = Phase::Running).map_err(|error| told("its state", &error))?;
        eprintln!("running {source}");
        Ok(output)
    }

    async fn create(&self, client: &Client, source: &str, image: Image) -> Result<Output, String> {
        let spec = spec::build(self.target, &self.configuration, &image.process)?;
        let container = Container {
            id: self.id.clone(),
            image: source.to_owned(),
            runtime: Some(Runtime::runc()),
            spec: Some(Any { type_url: SPEC_TYPE.into(), value: spec.to_string().into_bytes() }),
            snapshotter: image::SNAPSHOTTER.into(),
            snapshot_key: self.id.clone(),
            ..Container::default()
        };
        let mounts = client.prepare_snapshot(image::SNAPSHOTTER, &self.id, &image.snapshot).await;
        let mounts = mounts.map_err(|error| error.to_string())?;
        client.create_container(container).await.map_err(|error| error.to_string())?;
        let output = Output::open(self.target).map_err(|error| told("its output", &error))?;
        client.create_task(&self.id, mounts, output.streams()).await.map_err(|error| error.to_string())?;
        Ok(output)
    }

    async fn watch(&self, client: &Client, output: Output, terminated: &mut Signal) -> Result<Ending, String> {
        let forwarding = output.forward();
        let ending = match unless_terminated(terminated, connection::wait(&self.target.host, client, &self.id)).await {
            Some(exit) => Ending::Exited(exit?.exit_status),
            None => self.stop().await.map(|_| Ending::Stopped)?,
        };
        // The last of the output is in the pipes when the task is gone.
        connection::open(&self.target.host).await?.delete_task(&self.id).await.map_err(|error| error.to_string())?;
        forwarding.finish().map_err(|error| told("its output", &error))?;
        Ok(ending)
    }

    async fn stop(&self) -> Result<Exit, String> {
        let client = connection::open(&self.target.host).await?;
        let kill = async |signal, all| client.kill_task(&self.id, signal, all).await;
        // It may have ended by itself in this moment.
        let _ = kill(SIGTERM, false).await;
        if let Ok(exit) = timeout(GRACE, connection::wait(&self.target.host, &client, &self.id)).await {
            return exit;
        }
        eprintln!("it did not end within {} s of SIGTERM", GRACE.as_secs());
        let _ = kill(SIGKILL, true).await;
        connection::wait(&self.target.host, &client, &self.id).await
    }

    /// For the report. That it cannot be written must not change how the container ended.
    fn note(&mut self, ended: &Result<Ending, String>) {
        let noted = self.record.update(|state| match ended {
            Ok(ending) => {
                state.phase = Phase::Ended;
                state.exit_code = match ending {
                    Ending::Exited(code) => Some(*code),
                    Ending::Stopped => None,
                };
            }
            Err(reason) => {
                state.phase = Phase::Failed;
                state.last_error = Some(reason.clone());
            }
        });
        if let Err(error) = noted {
            eprintln!("{}", told("its state", &error));
        }
    }
}

/// What the future gives, or nothing if this program is told to end first.
async fn unless_terminated<T>(terminated: &mut Signal, future: impl Future<Output = T>) -> Option<T> {
    match select(pin!(terminated.recv()), pin!(future)).await {
        Either::Left(_) => None,
        Either::Right((value, _)) => Some(value),
    }
}
