//! SIGTERM, by which a machine that goes down says so: what is on trial then has not crashed it.

use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;
use tokio::runtime;
use tokio::signal::unix::{SignalKind, signal};

#[derive(Clone, Default)]
pub struct Stop {
    state: Arc<(Mutex<bool>, Condvar)>,
    armed: Arc<OnceLock<()>>,
}

impl Stop {
    /// From now on SIGTERM is taken note of, and ends the program only where it looks. Before, it ends it at once: while
    /// something is fetched there is nothing to put in order.
    pub fn arm(&self) {
        self.armed.get_or_init(|| {
            let stop = self.clone();
            thread::spawn(move || stop.wait());
        });
    }

    fn wait(&self) {
        let runtime = runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be made");
        runtime.block_on(async {
            let mut signal = signal(SignalKind::terminate()).expect("SIGTERM can be taken");
            signal.recv().await;
        });
        let (asked, changed) = &*self.state;
        *asked.lock().unwrap_or_else(PoisonError::into_inner) = true;
        changed.notify_all();
    }

    /// Waits, and gives whether the program was asked to end by then.
    pub fn asked_within(&self, time: Duration) -> bool {
        let (asked, changed) = &*self.state;
        let guard = asked.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = changed.wait_timeout_while(guard, time, |asked| !*asked);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}
