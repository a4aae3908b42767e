//! Looks at how everything stands, once for all who watch, and only while somebody does.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ringback_core::frames::Frames;
use ringback_core::time::Timestamp;
use ringback_ports::desk::{Desk, Refusal, RefusalKind};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::board::rows;

/// How many watch in one process at the most.
const SEATS: usize = 100;
/// When somebody may come again for whom there was no seat.
const COME_AGAIN: Duration = Duration::from_secs(5);
/// How often it is looked, and how often while the store is slow.
const EVERY: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(5));
/// A store is slow when a look takes longer.
const SLOW: Duration = Duration::from_millis(500);
/// How long somebody waits for the first look.
const FIRST: Duration = Duration::from_secs(5);
/// So long a look is good enough for who asks once.
const FRESH: Duration = Duration::from_millis(1000);

/// What was seen.
#[derive(Clone)]
pub struct Look {
    /// When.
    pub at: Timestamp,
    /// How long it is until the next look.
    pub every: Duration,
    /// All of it, with the last changes.
    pub frames: Arc<Frames>,
}

type Looks = watch::Receiver<Option<Look>>;

/// The watchers of a process. Clones are one.
#[derive(Clone, Default)]
pub struct Hub(Arc<Inner>);

#[derive(Default)]
struct Inner {
    state: Mutex<State>,
    /// The last look for who asks once. Held while it is looked, so that many who ask at a time look once.
    once: tokio::sync::Mutex<Option<(Instant, Look)>>,
}

#[derive(Default)]
struct State {
    taken: usize,
    running: Option<Running>,
}

struct Running {
    looks: Looks,
    /// Ends with the last watcher.
    _task: JoinSet<()>,
}

/// The right to watch, and what is to be seen.
pub struct Watcher {
    pub looks: Looks,
    hub: Hub,
}

impl Hub {
    /// Watches from now on.
    ///
    /// # Errors
    /// When too many do already, or nothing can be seen.
    pub async fn watch<D: Desk>(&self, desk: &D) -> Result<Watcher, Refusal> {
        let mut watcher = self.take_seat(desk)?;
        let first = watcher.looks.wait_for(Option::is_some);
        match tokio::time::timeout(FIRST, first).await {
            Ok(Ok(_)) => {}
            Ok(Err(_)) | Err(_) => return Err(away()),
        }
        Ok(watcher)
    }

    /// What there is to see now.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn look<D: Desk>(&self, desk: &D) -> Result<Look, Refusal> {
        let mut once = self.0.once.lock().await;
        let last = once.as_ref().filter(|(at, _)| at.elapsed() < FRESH);
        if let Some((_, look)) = last {
            return Ok(look.clone());
        }
        let begun = Instant::now();
        let board = desk.board().await?;
        let look = Look {
            at: board.at,
            every: EVERY.0,
            frames: Arc::new(Frames::new(String::new(), rows(&board))),
        };
        *once = Some((begun, look.clone()));
        Ok(look)
    }

    fn take_seat<D: Desk>(&self, desk: &D) -> Result<Watcher, Refusal> {
        let mut state = self.state();
        if state.taken >= SEATS {
            let message =
                format!("{SEATS} watch already how everything stands in this process: no more may");
            return Err(Refusal::new(RefusalKind::Limit, message).come_again(COME_AGAIN));
        }
        let running = state.running.as_ref();
        let running = running.filter(|it| it.looks.has_changed().is_ok());
        let looks = match running {
            Some(running) => running.looks.clone(),
            None => {
                let (sender, looks) = watch::channel(None);
                let mut task = JoinSet::new();
                task.spawn(look_again_and_again(desk.clone(), sender));
                state.running = Some(Running {
                    looks: looks.clone(),
                    _task: task,
                });
                looks
            }
        };
        state.taken += 1;
        drop(state);
        let hub = self.clone();
        Ok(Watcher { looks, hub })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        let mut state = self.hub.state();
        state.taken -= 1;
        if state.taken == 0 {
            state.running = None;
        }
    }
}

fn away() -> Refusal {
    let message = "how everything stands cannot be seen: the store does not answer, try again";
    Refusal::new(RefusalKind::Unavailable, message).come_again(COME_AGAIN)
}

async fn look_again_and_again<D: Desk>(desk: D, looks: watch::Sender<Option<Look>>) {
    // Numbers of another epoch mean nothing here.
    let epoch = uuid();
    let mut frames: Option<Arc<Frames>> = None;
    loop {
        let begun = Instant::now();
        let board = desk.board().await;
        let took = begun.elapsed();
        let every = if took > SLOW { EVERY.1 } else { EVERY.0 };
        match board {
            Ok(board) => {
                let seen = match frames.take() {
                    None => Arc::new(Frames::new(epoch.clone(), rows(&board))),
                    Some(mut seen) => {
                        let rows = rows(&board);
                        if *seen.rows() != rows {
                            Arc::make_mut(&mut seen).update(rows);
                        }
                        seen
                    }
                };
                let look = Look {
                    at: board.at,
                    every,
                    frames: seen.clone(),
                };
                frames = Some(seen);
                looks.send_replace(Some(look));
            }
            // Those who watch see by the time of the last look that there is none since.
            Err(error) => tracing::debug!(%error, "how everything stands could not be seen"),
        }
        tokio::time::sleep(every.saturating_sub(took)).await;
    }
}

/// A name that no other epoch has.
fn uuid() -> String {
    let random = getrandom::u64().unwrap_or_default();
    format!("{random:016x}")
}
