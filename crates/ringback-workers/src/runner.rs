//! Receives messages and settles them.

use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use ringback_ports::bus::{Bus, Delivery, Disposition, Message, Queue, Reason, Subscription};
use ringback_ports::store::Store;
use ringback_telemetry::{Counters, Throttle, names};
use tokio::task::{JoinError, JoinSet};
use tracing::Instrument;

use crate::heartbeat::Heartbeat;
use crate::house::House;
use crate::panics::{Panicked, caught, note};
use crate::watched::Chain;

/// The pause before a queue that cannot be subscribed is tried again.
const PAUSE: Duration = Duration::from_millis(500);
/// How often a message may come back to its queue.
const RETURNS: u64 = 20;
/// How long messages in hand may take after the stop.
const GRACE: Duration = Duration::from_secs(10);

/// Takes the messages of one queue, at most `prefetch` at a time, until the house stops; then finishes those in hand. A
/// message whose handling panics goes to the dead ones, and the others go on.
pub async fn serve<S, B, F>(
    house: &House<S, B>,
    queue: Queue,
    prefetch: u16,
    handle: impl Fn(Message) -> F,
) where
    S: Store,
    B: Bus,
    F: Future<Output = Disposition> + Send + 'static,
{
    let (counters, stop) = (&house.counters, &house.stop);
    let heartbeat = house.pulse.of(queue.kind());
    let mut in_hand = JoinSet::new();
    let Some(mut subscription) = subscribe(house, &queue, prefetch, &heartbeat).await else {
        return;
    };
    loop {
        let delivery = tokio::select! {
            () = stop.cancelled() => break,
            delivery = heartbeat.while_idle(subscription.next()) => delivery,
        };
        while let Some(ended) = in_hand.try_join_next() {
            look_at(counters, ended);
        }
        counters.messages_handled.add(1);
        let message = delivery.message().clone();
        let span = names::process_span(queue.kind(), message.message_id.as_deref());
        ringback_telemetry::propagation::link_from(&span, &message.headers);
        let counters = counters.clone();
        if message.returns >= RETURNS {
            in_hand.spawn(
                settle(counters, queue.kind(), delivery, ready(worn_out())).instrument(span),
            );
            continue;
        }
        let settling = settle(counters, queue.kind(), delivery, Box::pin(handle(message)));
        in_hand.spawn(settling.instrument(span));
    }
    let finished = async {
        while let Some(ended) = in_hand.join_next().await {
            look_at(counters, ended);
        }
    };
    if tokio::time::timeout(GRACE, finished).await.is_err() {
        tracing::warn!(queue = %queue, "messages in hand are handed back unfinished");
    }
}

/// Not every broker ends it by itself that a message comes back for ever, of one that ends its workers for instance.
fn worn_out() -> Disposition {
    Disposition::Dead(Reason {
        word: "returned",
        error: format!("it came back to its queue {RETURNS} times"),
    })
}

/// A task that ended otherwise than it should: what it held is released, and its message comes again.
fn look_at(counters: &Counters, ended: Result<(), JoinError>) {
    if let Err(error) = ended
        && error.is_panic()
    {
        let place = "settling a message".to_owned();
        note(counters, "settle", &Panicked { place });
    }
}

async fn subscribe<S: Store, B: Bus>(
    house: &House<S, B>,
    queue: &Queue,
    prefetch: u16,
    heartbeat: &Heartbeat,
) -> Option<B::Subscription> {
    let told = Throttle::default();
    loop {
        let subscribing = house.bus.subscribe(queue.clone(), prefetch);
        let error = tokio::select! {
            () = house.stop.cancelled() => return None,
            subscription = heartbeat.while_idle(subscribing) => match subscription {
                Ok(subscription) => return Some(subscription),
                Err(error) => error,
            },
        };
        if let Some(times) = told.tell("subscribe") {
            tracing::warn!(
                queue = %queue, error = %Chain(&error), times, "cannot subscribe, trying again"
            );
        }
        tokio::select! {
            () = house.stop.cancelled() => return None,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

async fn settle<D: Delivery>(
    counters: Arc<Counters>,
    queue: &'static str,
    delivery: D,
    handled: impl Future<Output = Disposition>,
) {
    let handled = caught(&counters, queue, handled).await;
    let disposition = handled.unwrap_or_else(|panicked| {
        Disposition::Dead(Reason {
            word: "bug",
            error: panicked.to_string(),
        })
    });
    if let Disposition::Dead(reason) = &disposition {
        counters.dead_letters.add(reason.word, 1);
        // Each is kept with its reason: the line only says that there are some.
        if let Some(times) = counters.lines.tell(reason.word) {
            tracing::warn!(
                reason = reason.word,
                times,
                "messages cannot be processed and go to ringback.dead"
            );
        }
    }
    if let Err(error) = delivery.settle(disposition).await {
        tracing::debug!(error = %error, "a settled message will come again");
    }
}
