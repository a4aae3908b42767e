//! What callers can watch as it happens.

use std::future::Future;
use std::sync::Arc;

use ringback_core::event::EventName;
use ringback_core::ids::{CallbackId, ServiceName};
use ringback_core::subscription::Filter;

use super::Refusal;

/// Which events are watched; what is left out does not matter.
#[derive(Clone, Debug, Default)]
pub struct LiveQuery {
    /// Those of this callback.
    pub callback: Option<CallbackId>,
    /// Those of callbacks of this service.
    pub service: Option<ServiceName>,
    /// Those whose name fits.
    pub event: Option<Filter>,
}

impl LiveQuery {
    /// Whether an event is one of those.
    pub fn fits(&self, event: &LiveEvent) -> bool {
        let name = event.name.as_str();
        self.callback
            .as_ref()
            .is_none_or(|it| *it == event.callback)
            && self.service.as_ref().is_none_or(|it| *it == event.service)
            && self.event.as_ref().is_none_or(|it| it.matches(name))
    }
}

/// An event that is watched.
#[derive(Clone, Debug)]
pub struct LiveEvent {
    /// The callback.
    pub callback: CallbackId,
    /// Its service.
    pub service: ServiceName,
    /// Its place in the callback's log, from 1.
    pub sequence: u64,
    /// What happened.
    pub name: EventName,
    /// Everything that is shown of it, as one line of JSON: written once for all who watch.
    pub json: String,
}

/// What a watcher gets.
#[derive(Clone, Debug)]
pub enum LiveNews {
    /// Comes first. What happens from now on is told.
    Listening,
    /// An event.
    Event(Arc<LiveEvent>),
    /// The watcher was slower than the events: nothing more comes.
    TooSlow,
}

/// Lets callers watch.
pub trait LiveDesk: Clone + Send + Sync + 'static {
    /// What [`LiveDesk::watch`] gives.
    type Watcher: Watcher;

    /// Watches events as they happen.
    ///
    /// # Errors
    /// When there is no such callback or service, too many watch already, or the broker is away.
    fn watch(
        &self,
        query: LiveQuery,
    ) -> impl Future<Output = Result<Self::Watcher, Refusal>> + Send;
}

/// Somebody who watches. Dropping it ends that.
pub trait Watcher: Send + 'static {
    /// What comes next; `None` when nothing more does. Giving up while it waits loses nothing.
    fn next(&mut self) -> impl Future<Output = Option<LiveNews>> + Send;
}
