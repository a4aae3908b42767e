//! Receives messages and settles them.

use std::time::Duration;

use ringback_ports::bus::{Bus, Delivery, Disposition, Message, Queue, Subscription};
use ringback_telemetry::Counters;
use ringback_telemetry::names;
use std::sync::Arc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::watched::Chain;

/// The pause before a queue that cannot be subscribed is tried again.
const PAUSE: Duration = Duration::from_millis(500);
/// How long messages in hand may take after the stop.
const GRACE: Duration = Duration::from_secs(10);

/// Takes the messages of one queue, at most `prefetch` at a time, until `stop`; then finishes those in hand.
pub async fn serve<B, F>(
    bus: &B,
    queue: Queue,
    prefetch: u16,
    counters: Arc<Counters>,
    stop: &CancellationToken,
    handle: impl Fn(Message) -> F,
) where
    B: Bus,
    F: Future<Output = Disposition> + Send + 'static,
{
    let mut in_hand = JoinSet::new();
    let Some(mut subscription) = subscribe(bus, &queue, prefetch, stop).await else {
        return;
    };
    loop {
        let delivery = tokio::select! {
            () = stop.cancelled() => break,
            delivery = subscription.next() => delivery,
        };
        while in_hand.try_join_next().is_some() {}
        counters.messages_handled.add(1);
        let message = delivery.message().clone();
        let span = names::process_span(queue.kind(), message.message_id.as_deref());
        ringback_telemetry::propagation::link_from(&span, &message.headers);
        in_hand.spawn(settle(delivery, handle(message)).instrument(span));
    }
    let finished = async { while in_hand.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, finished).await.is_err() {
        tracing::warn!(queue = %queue, "messages in hand are handed back unfinished");
    }
}

async fn subscribe<B: Bus>(
    bus: &B,
    queue: &Queue,
    prefetch: u16,
    stop: &CancellationToken,
) -> Option<B::Subscription> {
    loop {
        let error = tokio::select! {
            () = stop.cancelled() => return None,
            subscription = bus.subscribe(queue.clone(), prefetch) => match subscription {
                Ok(subscription) => return Some(subscription),
                Err(error) => error,
            },
        };
        tracing::warn!(queue = %queue, error = %Chain(&error), "cannot subscribe, trying again");
        tokio::select! {
            () = stop.cancelled() => return None,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

async fn settle<D: Delivery>(delivery: D, handled: impl Future<Output = Disposition>) {
    let disposition = handled.await;
    if let Disposition::Dead(reason) = &disposition {
        tracing::warn!(
            reason = reason.word,
            "a message cannot be processed and goes to ringback.dead"
        );
    }
    if let Err(error) = delivery.settle(disposition).await {
        tracing::debug!(error = %error, "a settled message will come again");
    }
}
