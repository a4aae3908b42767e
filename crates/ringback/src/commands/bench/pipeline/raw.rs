//! What the broker does by itself: confirmed publishes into a quorum queue, consumed and settled.

use std::time::Instant;

use anyhow::ensure;
use ringback_adapters::bus::AnyBus;
use ringback_ports::bus::{Address, Bus, Delivery, Disposition, Message, Queue, Subscription};
use tokio::task::JoinSet;

/// How many messages.
const MESSAGES: usize = 40_000;
/// How many are published at once, by how many publishers.
const BATCH: usize = 64;
const PUBLISHERS: usize = 8;

/// A hint about nothing: what is left in the queue when the last settlements are lost on the way does no harm.
const HINT: &[u8] = br#"{"trunk":"nothing waits for this trunk group of the benchmark"}"#;

/// Messages per second, over the queue of the schedulers before there are any.
pub async fn rate(address: &str) -> anyhow::Result<f64> {
    let bus = AnyBus::connect(address, "bench").await?;
    let mut subscription = bus.subscribe(Queue::Schedule, 512).await?;
    let begun = Instant::now();
    let mut publishers = JoinSet::new();
    for _ in 0..PUBLISHERS {
        publishers.spawn(publish(bus.clone(), MESSAGES / PUBLISHERS));
    }
    for _ in 0..MESSAGES / PUBLISHERS * PUBLISHERS {
        subscription.next().await.settle(Disposition::Done).await?;
    }
    while let Some(published) = publishers.join_next().await {
        published??;
    }
    Ok(MESSAGES as f64 / begun.elapsed().as_secs_f64())
}

async fn publish(bus: AnyBus, count: usize) -> anyhow::Result<()> {
    let message = Message {
        body: HINT.to_vec(),
        ..Message::default()
    };
    let mut left = count;
    while left > 0 {
        let size = left.min(BATCH);
        let batch = vec![(Address::Queue(Queue::Schedule), message.clone()); size];
        let results = bus.publish(batch).await;
        ensure!(
            results.iter().all(Result::is_ok),
            "the broker refused messages"
        );
        left -= size;
    }
    Ok(())
}
