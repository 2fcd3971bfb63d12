use super::{connection, image::SNAPSHOTTER, output};
use crate::{
    configuration::{self, Mode},
    kind::{Kind, Target},
    state::{self, Phase, Record},
};
use containerd_client::{Client, Error, Status};
use std::time::Duration;
use tokio::time::timeout;

const SIGKILL: u32 = 9;
/// For a container to end after SIGKILL.
const DEADLINE: Duration = Duration::from_secs(10);

/// Removes whatever a start has left, and the image if the settings name it no longer.
///
/// # Errors
/// When containerd does not do it.
pub async fn remove(target: &Target) -> Result<(), String> {
    output::remove(target);
    // Without containerd there is no container, and after a failure of the boot there is no containerd.
    if target.host.containerd_socket().exists() {
        let client = connection::open(&target.host).await?;
        container(&client, &target.id()).await?;
        image(&client, target).await?;
    }
    note(target).map_err(|error| format!("its state: {error}"))
}

/// Removes a container with all that runs in it. What is not there is no error.
pub async fn container(client: &Client, id: &str) -> Result<(), String> {
    task(client, id).await?;
    present(client.delete_container(id).await)?;
    present(client.remove_snapshot(SNAPSHOTTER, id).await)?;
    Ok(())
}

async fn task(client: &Client, id: &str) -> Result<(), String> {
    let Some(task) = present(client.get_task(id).await)? else { return Ok(()) };
    if task.status() != Status::Stopped {
        present(client.kill_task(id, SIGKILL, true).await)?;
        let ended = timeout(DEADLINE, client.wait_for_task(id)).await;
        let ended = ended.map_err(|_| format!("it did not end within {} s of SIGKILL", DEADLINE.as_secs()))?;
        present(ended)?;
    }
    present(client.delete_task(id).await).map(|_| ())
}

fn present<T>(answer: Result<T, Error>) -> Result<Option<T>, String> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error.to_string()),
    }
}

/// Keeps the image of a container that will run again, so that its layers need not be fetched twice.
async fn image(client: &Client, target: &Target) -> Result<(), String> {
    let Some(Record { state, .. }) = Record::find(target) else { return Ok(()) };
    let Some(image) = state.image else { return Ok(()) };
    let wanted = configuration::of(target)?.and_then(|wanted| wanted.source);
    let others = [Kind::Host, Kind::Bootstrap].into_iter().flat_map(|kind| {
        let states = state::all(&target.host, kind).into_iter();
        states.filter(move |(name, _)| (kind, name) != (target.kind, &target.name))
    });
    let is_used = others.into_iter().any(|(_, state)| state.image.as_ref() == Some(&image));
    // Its setting is about to say so.
    let is_done = state.configuration.mode == Some(Mode::Once) && state.exit_code == Some(0);
    if is_used || (wanted == state.configuration.source && !is_done) {
        return Ok(());
    }
    client.remove_image(&image).await.map_err(|error| error.to_string())
}

/// Of a host container that is not to run any more there is nothing to tell.
fn note(target: &Target) -> Result<(), String> {
    let Some(mut record) = Record::find(target) else { return Ok(()) };
    let is_wanted = target.kind == Kind::Bootstrap || configuration::of(target)?.is_some();
    let noted = match record.state.phase {
        _ if !is_wanted => record.remove(),
        Phase::Pulling | Phase::Running => record.update(|state| {
            state.phase = Phase::Failed;
            state.last_error = Some("it was cut off: the program that watched it was killed".into());
        }),
        Phase::Ended | Phase::Failed => Ok(()),
    };
    noted.map_err(|error| error.to_string())
}
