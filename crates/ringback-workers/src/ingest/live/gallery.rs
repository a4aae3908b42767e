//! Where watchers sit, and the show that runs while there are any.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ringback_core::watch::SILENCE;
use ringback_ports::desk::{LiveEvent, Refusal, RefusalKind};
use tokio::sync::broadcast;
use tokio::task::JoinSet;
use tokio::time::Instant;
use uuid::Uuid;

/// How many watch in one process at the most.
pub(super) const SEATS: usize = 100;
/// When somebody may come again for whom there was no seat.
const COME_AGAIN: Duration = Duration::from_secs(5);
/// How many events a watcher may be behind.
pub(super) const RING: usize = 16 * 1024;

/// The watchers of a process. Clones are one.
#[derive(Clone, Default)]
pub struct Gallery(Arc<Inner>);

#[derive(Default)]
struct Inner {
    state: Mutex<State>,
    /// Held while the show is begun.
    beginning: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    taken: usize,
    running: Option<Running>,
}

/// What a watcher gets: the events, and the moment from which none is missing.
type Attendance = (broadcast::Receiver<Arc<LiveEvent>>, Instant);

/// A show. Dropping it ends it.
pub(super) struct Running {
    news: broadcast::Receiver<Arc<LiveEvent>>,
    from: Instant,
    _task: JoinSet<()>,
}

impl Running {
    /// Runs what sends to a ring; listening has begun.
    pub(super) fn new<F>(show: impl FnOnce(broadcast::Sender<Arc<LiveEvent>>) -> F) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (ring, news) = broadcast::channel(RING);
        let mut task = JoinSet::new();
        task.spawn(show(ring));
        Self {
            news,
            from: Instant::now() + SILENCE,
            _task: task,
        }
    }

    fn attendance(&self) -> Option<Attendance> {
        (!self.news.is_closed()).then(|| (self.news.resubscribe(), self.from))
    }
}

/// The right to watch. With the last one given back the show ends.
pub(super) struct Seat(Gallery);

impl Gallery {
    /// Takes a seat.
    ///
    /// # Errors
    /// When all are taken.
    pub(super) fn take_seat(&self) -> Result<Seat, Refusal> {
        let mut state = self.state();
        if state.taken >= SEATS {
            let taken = state.taken;
            let message =
                format!("{taken} streams of events are open in this process: allowed are {SEATS}");
            return Err(Refusal::new(RefusalKind::Limit, message).come_again(COME_AGAIN));
        }
        state.taken += 1;
        drop(state);
        Ok(Seat(self.clone()))
    }

    /// Joins the show that runs, or begins one, which listens under a name that none had before. Only for who has a seat.
    pub(super) async fn attend<F>(
        &self,
        begin: impl FnOnce(String) -> F,
    ) -> Result<Attendance, Refusal>
    where
        F: Future<Output = Result<Running, Refusal>>,
    {
        let _beginning = self.0.beginning.lock().await;
        let running = self.state().running.as_ref().and_then(Running::attendance);
        if let Some(attendance) = running {
            return Ok(attendance);
        }
        let running = begin(Uuid::now_v7().simple().to_string()).await?;
        let attendance = (running.news.resubscribe(), running.from);
        self.state().running = Some(running);
        Ok(attendance)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.taken -= 1;
        if state.taken == 0 {
            state.running = None;
        }
    }
}
