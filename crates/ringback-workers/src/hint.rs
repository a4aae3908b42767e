//! Hints: messages that say "look at this now".
//!
//! They are published behind the caller's back, in batches, and the same hint waiting twice is sent once: while the
//! broker confirms one batch, the next one gathers. A hint that cannot be sent is dropped, because the alarm of the
//! document it is about stands in for it. Those for watchers go a way of their own, so that they never take the place of
//! these.

mod live;

use std::collections::BTreeSet;
use std::sync::Arc;

use ringback_core::callback::Wait;
use ringback_core::ids::{AgentId, CallbackId, LaneId, WorkerId};
use ringback_ports::bus::{Address, Bus, Message, PublishError, Queue};
use ringback_telemetry::Counters;
use ringback_telemetry::{names, propagation};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tracing::Span;

use crate::heartbeat::Pulse;
use crate::panics::guarded;
use crate::watched::Chain;
pub(crate) use live::Happened;
use live::LiveHints;

/// How many hints are published at once.
const BATCH: usize = 256;
/// How many hints wait to be published before they are dropped.
const WAITING: usize = 16 * 1024;

/// What to look at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hint {
    /// Callbacks wait for a line of this trunk group.
    Trunk(String),
    /// Callbacks or agents of these pools may be matched.
    Pools(Vec<String>),
    /// A callback is to be dialed, or its call taken over.
    Dial(CallbackId),
    /// An agent is held by a dialer that may have died.
    Agent(AgentId),
    /// A callback has news for whoever is told by this lane.
    Notify(LaneId),
    /// The dialer that holds the call shall look at the record.
    Tell(WorkerId, CallbackId),
    /// The dialer that drives a chat shall ask how it stands.
    Ask(WorkerId, CallbackId),
    /// An agent is reserved for the customer on the line.
    Offer(WorkerId, CallbackId, AgentId),
}

impl Hint {
    /// The hint that brings a scheduler to what waits.
    pub fn to_match(wait: Wait) -> Self {
        match wait {
            Wait::Line { trunk } => Self::Trunk(trunk),
            Wait::Agent { pool } | Wait::AgentOnLine { pool } => Self::Pools(vec![pool]),
        }
    }

    /// Reads a message.
    ///
    /// # Errors
    /// When it is no hint.
    pub fn read(message: &Message) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(&message.body)
    }

    fn queue(&self) -> Queue {
        match self {
            Self::Trunk(_) | Self::Pools(_) => Queue::Schedule,
            Self::Dial(_) | Self::Agent(_) => Queue::Dial,
            Self::Notify(_) => Queue::Notify,
            Self::Tell(worker, _) | Self::Ask(worker, _) | Self::Offer(worker, ..) => {
                Queue::Dialer(worker.to_string())
            }
        }
    }
}

/// A hint on its way.
struct Outgoing {
    hint: Hint,
    message: Message,
    /// From the sending to the broker's answer.
    span: Span,
}

/// Sends hints.
#[derive(Clone)]
pub struct Hints {
    waiting: mpsc::Sender<Outgoing>,
    live: LiveHints,
}

impl Hints {
    /// Hints over `bus`. Its tasks end when the last sender is gone.
    pub fn over<B: Bus>(bus: B, counters: Arc<Counters>, pulse: &Pulse) -> Self {
        let live = LiveHints::over(bus.clone(), counters.clone(), pulse);
        let (sender, mut waiting) = mpsc::channel(WAITING);
        let heartbeat = pulse.of("hints");
        tokio::spawn(async move {
            let mut batch = Vec::with_capacity(BATCH);
            while heartbeat
                .while_idle(waiting.recv_many(&mut batch, BATCH))
                .await
                > 0
            {
                let publishing = publish(&bus, &counters, std::mem::take(&mut batch));
                // A batch that panics is lost, which alarms make up for; the next one is published.
                guarded(&counters, "hints", publishing).await;
            }
        });
        Self {
            waiting: sender,
            live,
        }
    }

    /// Tells whoever watches that a callback has new events.
    pub fn tell_watchers(&self, id: &CallbackId) {
        self.live.send(id);
    }

    /// Sends one, soon.
    pub fn send(&self, hint: Hint) {
        let queue = hint.queue();
        let span = names::publish_span(queue.kind(), queue.kind());
        let mut message = Message {
            content_type: Some("application/json".to_owned()),
            ..Message::default()
        };
        span.in_scope(|| propagation::inject(&mut message.headers));
        let outgoing = Outgoing {
            hint,
            message,
            span,
        };
        if self.waiting.try_send(outgoing).is_err() {
            tracing::debug!("a hint was dropped: too many wait to be published");
        }
    }
}

async fn publish<B: Bus>(bus: &B, counters: &Counters, batch: Vec<Outgoing>) {
    let mut seen = BTreeSet::new();
    let mut outgoing = Vec::with_capacity(batch.len());
    let mut spans = Vec::with_capacity(batch.len());
    for Outgoing {
        hint,
        mut message,
        span,
    } in batch
    {
        let Ok(body) = serde_json::to_vec(&hint) else {
            continue;
        };
        message.body = body;
        let address = Address::Queue(hint.queue());
        if seen.insert(hint) {
            outgoing.push((address, message));
            spans.push(span);
        }
    }
    let results = bus.publish(outgoing).await;
    for (result, span) in results.into_iter().zip(spans) {
        match result {
            Ok(()) => counters.messages_published.add(1),
            Err(PublishError::Unroutable(_)) => {
                span.record(names::ERROR_TYPE, "unroutable");
                tracing::debug!("a hint for a dialer that is gone");
            }
            Err(error) => {
                span.record(names::ERROR_TYPE, "unavailable");
                tracing::debug!(error = %Chain(&error), "a hint was not sent");
            }
        }
    }
}
