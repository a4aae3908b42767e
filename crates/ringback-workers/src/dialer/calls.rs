//! The calls a dialer holds, and the news for them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ringback_core::call::{CallId, Report};
use ringback_core::ids::{AgentId, CallbackId};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_util::sync::CancellationToken;

/// How often the lease of a call or its agent is renewed.
pub(super) const RENEWAL: Duration = Duration::from_secs(5);
/// How much news of one call waits to be read. A call has a dozen reports in its life.
const MAILBOX: usize = 64;
/// How long calls may take to be handed on after the stop.
const GRACE: Duration = Duration::from_secs(20);

/// News for a call.
#[derive(Clone, Debug)]
pub(super) enum News {
    /// From the phone network.
    Report(Report),
    /// Reports may have been missed.
    Gap,
    /// The record was changed by somebody else.
    Look,
    /// An agent is reserved.
    Offer(AgentId),
}

/// The calls a dialer holds.
pub(super) struct Calls {
    open: Arc<Mutex<Lines>>,
    free: Arc<Semaphore>,
    all: u32,
}

#[derive(Default)]
struct Lines {
    lines: HashMap<CallId, Line>,
    calls: HashMap<CallbackId, CallId>,
    last: u64,
}

struct Line {
    callback: CallbackId,
    news: mpsc::Sender<News>,
    number: u64,
}

/// Where a call hears its news; closed when it is dropped.
pub(super) struct Mailbox {
    news: mpsc::Receiver<News>,
    call: CallId,
    number: u64,
    open: Arc<Mutex<Lines>>,
}

impl Calls {
    pub(super) fn new(most: usize) -> Self {
        let all = u32::try_from(most).unwrap_or(u32::MAX);
        Self {
            open: Arc::default(),
            free: Arc::new(Semaphore::new(most)),
            all,
        }
    }

    /// Room for one more call; `None` when there is none before `stop`.
    pub(super) async fn permit(&self, stop: &CancellationToken) -> Option<OwnedSemaphorePermit> {
        tokio::select! {
            () = stop.cancelled() => None,
            permit = self.free.clone().acquire_owned() => permit.ok(),
        }
    }

    /// Opens the mailbox of a call, before anything is asked of the phone network.
    pub(super) fn open(&self, call: CallId, callback: &CallbackId) -> Mailbox {
        let (sender, news) = mpsc::channel(MAILBOX);
        let number = lock(&self.open).insert(call.clone(), callback.clone(), sender);
        Mailbox {
            news,
            call,
            number,
            open: self.open.clone(),
        }
    }

    pub(super) fn tell(&self, call: &CallId, news: News) {
        if let Some(line) = lock(&self.open).lines.get(call) {
            line.tell(news);
        }
    }

    /// A callback has one call at a time, so it is found by the callback as well.
    pub(super) fn tell_about(&self, callback: &CallbackId, news: News) {
        if let Some(line) = lock(&self.open).by_callback(callback) {
            line.tell(news);
        }
    }

    pub(super) fn tell_all(&self, news: &News) {
        for line in lock(&self.open).lines.values() {
            line.tell(news.clone());
        }
    }

    /// Returns when every call has ended or been handed on.
    pub(super) async fn drained(&self) {
        if tokio::time::timeout(GRACE, self.free.acquire_many(self.all))
            .await
            .is_err()
        {
            tracing::warn!(
                calls = lock(&self.open).lines.len(),
                "calls in progress are left to their leases"
            );
        }
    }
}

impl Lines {
    fn insert(&mut self, call: CallId, callback: CallbackId, news: mpsc::Sender<News>) -> u64 {
        self.last += 1;
        self.calls.insert(callback.clone(), call.clone());
        self.lines.insert(
            call,
            Line {
                callback,
                news,
                number: self.last,
            },
        );
        self.last
    }

    fn by_callback(&self, callback: &CallbackId) -> Option<&Line> {
        self.lines.get(self.calls.get(callback)?)
    }

    /// Nothing happens when another mailbox has taken the call's place.
    fn remove(&mut self, call: &CallId, number: u64) {
        if self
            .lines
            .get(call)
            .is_none_or(|line| line.number != number)
        {
            return;
        }
        let Some(line) = self.lines.remove(call) else {
            return;
        };
        if self.calls.get(&line.callback) == Some(call) {
            self.calls.remove(&line.callback);
        }
    }
}

impl Line {
    fn tell(&self, news: News) {
        if self.news.try_send(news).is_err() {
            tracing::debug!(
                "a call is over or does not keep up with its news; its lease covers the loss"
            );
        }
    }
}

impl Mailbox {
    /// The next news.
    pub(super) async fn next(&mut self) -> News {
        match self.news.recv().await {
            Some(news) => news,
            // Replaced by a newer mailbox of the same call: nothing will come any more.
            None => std::future::pending().await,
        }
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        lock(&self.open).remove(&self.call, self.number);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
