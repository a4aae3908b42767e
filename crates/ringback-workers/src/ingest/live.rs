//! Events as they happen, for whoever watches.
//!
//! However many watch in a process, one task takes the hints and reads the logs for all of them: it begins with the first
//! watcher and ends with the last. What it shows goes round in a ring; whoever is overtaken by it is cut off.

mod gallery;
mod show;

use std::sync::Arc;

use ringback_core::watch::Seen;
use ringback_ports::bus::{Bus, Queue};
use ringback_ports::desk::{
    LiveDesk, LiveEvent, LiveNews, LiveQuery, Refusal, RefusalKind, Watcher,
};
use ringback_ports::store::Store;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::FrontDesk;
use super::refusals::COME_AGAIN;
use crate::panics::guarded;
use crate::watched::Chain;
pub(super) use gallery::Gallery;
use gallery::{Running, Seat};
use show::Show;

/// How many messages are taken ahead.
const PREFETCH: u16 = 64;

impl<S: Store, B: Bus> LiveDesk for FrontDesk<S, B> {
    type Watcher = LiveWatcher;

    async fn watch(&self, query: LiveQuery) -> Result<LiveWatcher, Refusal> {
        if let Some(service) = &query.service {
            self.known_service(service).await?;
        }
        if let Some(id) = &query.callback {
            self.find(id).await?;
        }
        let seat = self.gallery.take_seat()?;
        let (news, from) = self.gallery.attend(|name| self.begin(name)).await?;
        Ok(LiveWatcher {
            query,
            news,
            from: Some(from),
            is_over: false,
            stop: self.house.stop.clone(),
            _seat: seat,
        })
    }
}

impl<S: Store, B: Bus> FrontDesk<S, B> {
    /// Listens to hints under this name, and shows what they lead to.
    async fn begin(&self, name: String) -> Result<Running, Refusal> {
        let seen = Seen::since(self.house.clock.now());
        let queue = Queue::Live(name);
        let hints = self.house.bus.subscribe(queue, PREFETCH).await;
        let hints = hints.map_err(|error| {
            tracing::warn!(error = %Chain(&error), "events cannot be watched");
            let message = "the broker is unavailable, try again";
            Refusal::new(RefusalKind::Unavailable, message).come_again(COME_AGAIN)
        })?;
        Ok(Running::new(|ring| {
            let counters = self.house.counters.clone();
            let show = Show::new(self.house.clone(), ring, seen).run(hints);
            // With the show ends its ring, so its watchers come again and find a new one.
            async move { guarded(&counters, "live events", show).await }
        }))
    }
}

/// Somebody who watches.
pub struct LiveWatcher {
    query: LiveQuery,
    news: broadcast::Receiver<Arc<LiveEvent>>,
    /// When everybody knows that somebody listens; `None` once that has passed.
    from: Option<Instant>,
    is_over: bool,
    stop: CancellationToken,
    _seat: Seat,
}

impl Watcher for LiveWatcher {
    async fn next(&mut self) -> Option<LiveNews> {
        let stop = self.stop.clone();
        tokio::select! {
            biased;
            () = stop.cancelled() => None,
            news = self.wait() => news,
        }
    }
}

impl LiveWatcher {
    async fn wait(&mut self) -> Option<LiveNews> {
        if let Some(from) = self.from {
            tokio::time::sleep_until(from).await;
            self.from = None;
            self.news = self.news.resubscribe();
            return Some(LiveNews::Listening);
        }
        while !self.is_over {
            match self.news.recv().await {
                Ok(event) if self.query.fits(&event) => return Some(LiveNews::Event(event)),
                Ok(_) => {}
                Err(RecvError::Lagged(_)) => {
                    self.is_over = true;
                    return Some(LiveNews::TooSlow);
                }
                Err(RecvError::Closed) => self.is_over = true,
            }
        }
        None
    }
}
