use exec_protocol::Size;
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr};
use std::io::{self, stdin, stdout};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// This program's own terminal, which hands on every key as it is until this is dropped.
pub struct Terminal {
    /// None where a terminal was asked for by one who has none.
    before: Option<Termios>,
    resizes: Signal,
}

impl Terminal {
    pub fn new() -> io::Result<Self> {
        let resizes = signal(SignalKind::window_change())?;
        let before = tcgetattr(stdin()).ok();
        if let Some(before) = &before {
            let mut raw = before.clone();
            raw.make_raw();
            tcsetattr(stdin(), OptionalActions::Now, &raw)?;
        }
        Ok(Self { before, resizes })
    }

    pub fn size(&self) -> Option<Size> {
        let size = tcgetwinsize(stdout()).ok()?;
        Some(Size { rows: size.ws_row, cols: size.ws_col })
    }

    /// Returns at the next change of size.
    pub async fn resized(&mut self) -> Option<Size> {
        self.resizes.recv().await;
        self.size()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            // Nobody is left who could be told.
            let _ = tcsetattr(stdin(), OptionalActions::Now, before);
        }
    }
}
