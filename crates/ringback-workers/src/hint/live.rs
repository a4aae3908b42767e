//! Hints for whoever watches callbacks at the moment.
//!
//! A batch of them is one message, and while nobody watches nothing is sent but a probe a second. Nothing stands in for
//! one that is lost: the callback's next makes up for it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ringback_core::ids::CallbackId;
use ringback_core::watch::Audience;
use ringback_ports::bus::{Address, Bus, Message, PublishError};
use ringback_telemetry::Counters;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::heartbeat::Pulse;
use crate::panics::guarded;
use crate::watched::Chain;

/// How many callbacks one message names.
const BATCH: usize = 256;
/// How many wait to be told before more are dropped.
const WAITING: usize = 4096;

/// What watchers are told: something has happened to these callbacks.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Happened {
    /// Which; at the most so many as fit into a message.
    pub callbacks: BTreeSet<CallbackId>,
}

/// Sends them.
#[derive(Clone)]
pub(super) struct LiveHints {
    waiting: mpsc::Sender<CallbackId>,
    audience: Listeners,
}

/// What is known of the listeners, by a clock that is never set back.
#[derive(Clone)]
struct Listeners {
    audience: Arc<Mutex<Audience>>,
    begun: Instant,
}

impl LiveHints {
    /// Over `bus`. The task ends when the last sender is gone.
    pub(super) fn over<B: Bus>(bus: B, counters: Arc<Counters>, pulse: &Pulse) -> Self {
        let (sender, mut waiting) = mpsc::channel(WAITING);
        let audience = Listeners {
            audience: Arc::default(),
            begun: Instant::now(),
        };
        let (told, heartbeat) = (audience.clone(), pulse.of("hints for watchers"));
        tokio::spawn(async move {
            let mut batch = Vec::with_capacity(BATCH);
            while heartbeat
                .while_idle(waiting.recv_many(&mut batch, BATCH))
                .await
                > 0
            {
                let callbacks = batch.drain(..).collect();
                let telling = tell(&bus, &told, &counters, Happened { callbacks });
                guarded(&counters, "hints for watchers", telling).await;
            }
        });
        Self {
            waiting: sender,
            audience,
        }
    }

    /// Sends one, soon, if somebody may listen.
    pub(super) fn send(&self, id: &CallbackId) {
        if self.audience.may_listen(self.audience.now())
            && self.waiting.try_send(id.clone()).is_err()
        {
            tracing::debug!("a hint for watchers was dropped: too many wait to be published");
        }
    }
}

impl Listeners {
    fn now(&self) -> Duration {
        self.begun.elapsed()
    }

    fn may_listen(&self, now: Duration) -> bool {
        self.known().may_listen(now)
    }

    fn known(&self) -> MutexGuard<'_, Audience> {
        self.audience.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn tell<B: Bus>(bus: &B, audience: &Listeners, counters: &Counters, happened: Happened) {
    // The time before it is sent: see [`Audience`].
    let sent = audience.now();
    if !audience.may_listen(sent) {
        return;
    }
    let Ok(body) = serde_json::to_vec(&happened) else {
        return;
    };
    let message = Message {
        body,
        content_type: Some("application/json".to_owned()),
        ..Message::default()
    };
    match bus.publish(vec![(Address::Live, message)]).await.pop() {
        Some(Ok(())) => {
            audience.known().heard();
            counters.messages_published.add(1);
        }
        Some(Err(PublishError::Unroutable(_))) => audience.known().unheard(sent),
        Some(Err(error)) => {
            tracing::debug!(error = %Chain(&error), "a hint for watchers was not sent");
        }
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use ringback_core::watch::SILENCE;
    use ringback_ports::bus::memory::{MemoryBus, MemorySubscription};
    use ringback_ports::bus::{Delivery, Disposition, Queue, Subscription};

    use super::*;

    fn hints(bus: &MemoryBus) -> LiveHints {
        LiveHints::over(bus.clone(), Arc::default(), &Pulse::default())
    }

    fn id(number: usize) -> CallbackId {
        CallbackId::new(format!("07-{number}"))
    }

    async fn listen(bus: &MemoryBus) -> MemorySubscription {
        let queue = Queue::Live("here".to_owned());
        bus.subscribe(queue, 8).await.unwrap()
    }

    async fn heard(flow: &mut MemorySubscription) -> Vec<String> {
        let delivery = flow.next().await;
        let happened: Happened = serde_json::from_slice(&delivery.message().body).unwrap();
        delivery.settle(Disposition::Done).await.unwrap();
        let ids = happened.callbacks.iter();
        ids.map(ToString::to_string).collect()
    }

    /// Lets the task of the hints go on.
    async fn settle() {
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_batch_is_one_message_that_names_each_once() {
        let bus = MemoryBus::new();
        let (hints, mut flow) = (hints(&bus), listen(&bus).await);
        for number in [1, 2, 1, 1, 2] {
            hints.send(&id(number));
        }
        assert_eq!(heard(&mut flow).await, ["07-1", "07-2"]);
        hints.send(&id(3));
        assert_eq!(heard(&mut flow).await, ["07-3"]);
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_is_told_nothing_for_a_second() {
        let bus = MemoryBus::new();
        let hints = hints(&bus);
        hints.send(&id(1));
        settle().await;
        assert!(!hints.audience.may_listen(hints.audience.now()));

        let mut flow = listen(&bus).await;
        hints.send(&id(2));
        tokio::time::advance(SILENCE).await;
        hints.send(&id(3));
        assert_eq!(heard(&mut flow).await, ["07-3"]);
        hints.send(&id(4));
        assert_eq!(heard(&mut flow).await, ["07-4"]);
    }

    #[tokio::test(start_paused = true)]
    async fn those_that_are_too_many_are_dropped() {
        let bus = MemoryBus::new();
        let (hints, mut flow) = (hints(&bus), listen(&bus).await);
        for number in 0..WAITING + 100 {
            hints.send(&id(number));
        }
        let mut told = 0;
        while told < WAITING {
            told += heard(&mut flow).await.len();
        }
        hints.send(&id(0));
        assert_eq!(heard(&mut flow).await, ["07-0"], "and nothing between");
    }
}
