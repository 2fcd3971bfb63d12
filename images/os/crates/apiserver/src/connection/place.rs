use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
    time::Duration,
};
use tokio::{
    sync::Notify,
    time::{Instant, sleep},
};

/// How many connections there are at a time. systemd lets a service have 1024 descriptors; others need some, too.
pub const MAX_CONNECTIONS: usize = 64;
/// For the whole head of a request, from the answer before it on; for its body; for taking the answer. An honest client of a
/// local socket needs milliseconds, an idle one connects again.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Whose turn it is on a connection, and since when.
#[derive(Clone, Copy)]
pub enum Phase {
    /// The client's: to send a head. So it is between requests.
    Head(Instant),
    /// The client's: to send a body.
    Body(Instant),
    /// The server's.
    Handling,
    /// The client's: to take the answer.
    Answer(Instant),
}

/// All connections. When there are too many, the one whose client has held it up the longest makes room: connections that
/// nobody uses cannot keep others out.
#[derive(Clone, Default)]
pub struct Places(Rc<Shared>);

#[derive(Default)]
struct Shared {
    taken: RefCell<BTreeMap<u64, Rc<Holder>>>,
    last: Cell<u64>,
    changed: Notify,
}

struct Holder {
    phase: Cell<Phase>,
    sent_away: Notify,
}

/// A connection's own, until it is dropped.
pub struct Place {
    number: u64,
    holder: Rc<Holder>,
    shared: Rc<Shared>,
}

impl Places {
    pub async fn enter(&self) -> Place {
        while self.0.taken.borrow().len() >= MAX_CONNECTIONS && !self.0.send_one_away() {
            self.0.changed.notified().await;
        }
        let number = self.0.last.get() + 1;
        self.0.last.set(number);
        let holder = Rc::new(Holder { phase: Cell::new(Phase::Head(Instant::now())), sent_away: Notify::new() });
        self.0.taken.borrow_mut().insert(number, Rc::clone(&holder));
        Place { number, holder, shared: Rc::clone(&self.0) }
    }
}

impl Shared {
    fn send_one_away(&self) -> bool {
        let waiting = |(number, holder): (&u64, &Rc<Holder>)| Some((holder.phase.get().since()?, *number));
        let longest = self.taken.borrow().iter().filter_map(waiting).min();
        let holder = longest.and_then(|(_, number)| self.taken.borrow_mut().remove(&number));
        holder.inspect(|holder| holder.sent_away.notify_one()).is_some()
    }
}

impl Place {
    pub fn set(&self, phase: Phase) {
        self.holder.phase.set(phase);
        self.shared.changed.notify_one();
    }

    /// Completes when the connection is to be closed.
    pub async fn over(&self) {
        tokio::select! {
            () = self.holder.sent_away.notified() => {}
            () = self.impatience() => {}
        }
    }

    /// A body that does not come gets an answer, so it is not for here to end that wait.
    async fn impatience(&self) {
        loop {
            let rest = match self.holder.phase.get() {
                Phase::Head(since) | Phase::Answer(since) => PATIENCE.saturating_sub(since.elapsed()),
                Phase::Body(_) | Phase::Handling => PATIENCE,
            };
            if rest.is_zero() {
                return;
            }
            // A phase that begins meanwhile ends after this.
            sleep(rest).await;
        }
    }
}

impl Phase {
    fn since(self) -> Option<Instant> {
        match self {
            Self::Head(since) | Self::Body(since) | Self::Answer(since) => Some(since),
            Self::Handling => None,
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.shared.taken.borrow_mut().remove(&self.number);
        self.shared.changed.notify_one();
    }
}
