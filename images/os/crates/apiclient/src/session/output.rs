use crate::{failure::Failure, output};
use tokio::task::{JoinHandle, spawn_blocking};
use tokio_tungstenite::tungstenite::Bytes;

/// Standard output. It is written by another thread, so that the connection lives on while nobody reads it.
#[derive(Default)]
pub struct Output(Option<JoinHandle<Result<(), Failure>>>);

impl Output {
    pub fn write(&mut self, bytes: Bytes) {
        self.0 = Some(spawn_blocking(move || output::print(&bytes)));
    }

    /// What was written last is not out yet.
    pub fn busy(&self) -> bool {
        self.0.is_some()
    }

    pub async fn written(&mut self) -> Result<(), Failure> {
        let Some(writing) = &mut self.0 else { return Ok(()) };
        let written = writing.await.map_err(|error| Failure::Failed(error.to_string()))?;
        self.0 = None;
        written
    }
}
