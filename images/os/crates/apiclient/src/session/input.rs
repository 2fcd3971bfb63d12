use std::{
    io::{ErrorKind, Read, stdin},
    thread,
};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Bytes;

const PIECE_BYTES: usize = 16 << 10;

/// Standard input, piece by piece. It is read by a thread: what it is connected to may be anything, and most of that cannot be
/// read without waiting.
pub struct Input(mpsc::Receiver<Bytes>);

impl Input {
    pub fn new() -> Self {
        // One piece ahead: what is read here and not sent is lost for whoever reads this input next.
        let (sender, receiver) = mpsc::channel(1);
        thread::spawn(move || {
            let mut piece = vec![0; PIECE_BYTES];
            loop {
                match stdin().lock().read(&mut piece) {
                    Ok(0) => return,
                    Ok(length) => {
                        if sender.blocking_send(Bytes::copy_from_slice(&piece[..length])).is_err() {
                            return;
                        }
                    }
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    // The same as its end to the command; a closed descriptor is no input.
                    Err(_) => return,
                }
            }
        });
        Self(receiver)
    }

    /// The next piece; none at the end.
    pub async fn next(&mut self) -> Option<Bytes> {
        self.0.recv().await
    }
}
