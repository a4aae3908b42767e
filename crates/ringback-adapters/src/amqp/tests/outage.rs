//! A broker of its own is killed and comes back.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tempfile::TempDir;
use tokio::sync::watch;

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_broker_loses_nothing_that_was_confirmed() {
    if broker().is_none() {
        return;
    }
    let own = OwnBroker::new();
    // A broker that is killed within seconds of declaring a queue has it back without its log, and stuck. It is stopped
    // in order once, so that this is about messages.
    drop(connect(&own.start().await, "ringback").await.unwrap());
    own.run("stop").await;
    let bus = connect(&own.start().await, "ringback").await.unwrap();
    let mut notices = bus.subscribe(Queue::Notify, 1).await.unwrap();
    send(&bus, Queue::Notify, 0).await.unwrap();
    let held = notices.next().await;
    let mut live = bus.subscribe(Queue::Live("here".to_owned()), 1).await;
    let live = live.as_mut().unwrap();

    let (confirmed, confirmations) = watch::channel(BTreeSet::new());
    let (seen, mut sights) = watch::channel(BTreeSet::new());
    let stop = Arc::new(AtomicBool::new(false));
    let failures = Arc::new(AtomicBool::new(false));
    let publisher = tokio::spawn(publish_on(
        bus.clone(),
        confirmed,
        stop.clone(),
        failures.clone(),
    ));
    let consumer = tokio::spawn(consume_on(bus.clone(), seen));
    reach(&mut sights, |seen| seen.len() >= 500).await;

    own.run("kill").await;
    until(|| failures.load(Ordering::SeqCst) && !bus.is_ready()).await;
    let before = confirmations.borrow().len();
    own.start().await;
    until(|| bus.is_ready()).await;
    let mut growing = confirmations.clone();
    reach(&mut growing, |confirmed| confirmed.len() >= before + 500).await;

    // What was held when the broker died comes again.
    assert!(held.settle(Disposition::Done).await.is_err());
    let again = tokio::time::timeout(PATIENCE, notices.next())
        .await
        .unwrap();
    assert!(again.message().redelivered);
    again.settle(Disposition::Done).await.unwrap();

    // Whoever listens hears again.
    let word = || vec![(Address::Live, numbered(0))];
    let saying = async { while bus.publish(word()).await.remove(0).is_err() {} };
    let both = async { tokio::join!(live.next(), saying) };
    tokio::time::timeout(PATIENCE, both).await.unwrap();

    stop.store(true, Ordering::SeqCst);
    publisher.await.unwrap();
    let confirmed = confirmations.borrow().clone();
    reach(&mut sights, |seen| confirmed.is_subset(seen)).await;
    consumer.abort();
}

async fn publish_on(
    bus: AmqpBus,
    confirmed: watch::Sender<BTreeSet<usize>>,
    stop: Arc<AtomicBool>,
    failures: Arc<AtomicBool>,
) {
    let mut next = 0;
    while !stop.load(Ordering::SeqCst) {
        let numbers = next..next + 32;
        next = numbers.end;
        let hint = |n: usize| (Address::Queue(Queue::Schedule), numbered(n));
        let outcomes = bus.publish(numbers.clone().map(hint).collect()).await;
        for (n, outcome) in numbers.zip(outcomes) {
            match outcome {
                Ok(()) => confirmed.send_modify(|all| all.extend([n])),
                Err(_) => failures.store(true, Ordering::SeqCst),
            }
        }
        tokio::task::yield_now().await;
    }
}

async fn consume_on(bus: AmqpBus, seen: watch::Sender<BTreeSet<usize>>) {
    let mut hints = bus.subscribe(Queue::Schedule, 64).await.unwrap();
    loop {
        let delivery = hints.next().await;
        let body = delivery.message().body.clone();
        let n: usize = String::from_utf8(body).unwrap().parse().unwrap();
        if delivery.settle(Disposition::Done).await.is_ok() {
            seen.send_modify(|all| all.extend([n]));
        }
    }
}

fn numbered(n: usize) -> Message {
    Message {
        body: n.to_string().into_bytes(),
        ..Message::default()
    }
}

async fn send(bus: &AmqpBus, queue: Queue, n: usize) -> Result<(), PublishError> {
    bus.publish(vec![(Address::Queue(queue), numbered(n))])
        .await
        .remove(0)
}

async fn reach(
    watched: &mut watch::Receiver<BTreeSet<usize>>,
    there: impl Fn(&BTreeSet<usize>) -> bool,
) {
    tokio::time::timeout(PATIENCE, watched.wait_for(|all| there(all)))
        .await
        .expect("the bus does not come back")
        .unwrap();
}

/// A broker that nobody else uses, with its data in a folder that goes with it.
struct OwnBroker(TempDir);

impl OwnBroker {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    /// Starts it, on the same port and data as before, and gives its address.
    async fn start(&self) -> String {
        self.run("start").await.trim().to_owned()
    }

    async fn run(&self, action: &str) -> String {
        let output = tokio::process::Command::from(self.command(action))
            .output()
            .await
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn command(&self, action: &str) -> Command {
        let script =
            PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/services/rabbitmq");
        let mut command = Command::new(script);
        command.arg(action).arg(self.0.path());
        command
    }
}

impl Drop for OwnBroker {
    fn drop(&mut self) {
        let ended = self.command("kill").status();
        assert!(ended.is_ok_and(|status| status.success()) || std::thread::panicking());
    }
}
