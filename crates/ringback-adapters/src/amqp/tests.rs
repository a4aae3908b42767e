//! Against a real broker.

mod answers;
mod blocked;
mod exchanges;
mod outage;

use std::io::Write;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use lapin::options::{
    BasicConsumeOptions, BasicGetOptions, BasicPublishOptions, ConfirmSelectOptions,
    ExchangeDeleteOptions, QueueDeclareOptions, QueueDeleteOptions,
};
use lapin::types::{AMQPValue, FieldTable, LongString};
use lapin::{BasicProperties, Connection, ConnectionProperties};
use ringback_ports::bus::{Delivery, Disposition, MAX_MESSAGE, Reason, Subscription};

use super::topology::FIXED;
use super::*;

/// A guard against a hang.
const PATIENCE: Duration = Duration::from_secs(120);

ringback_ports::bus_conformance!(with);

#[tokio::test]
async fn what_others_publish_is_taken_as_it_is() {
    with(|bus| async move {
        let mut headers = FieldTable::default();
        headers.insert("note".into(), AMQPValue::LongString("kept".into()));
        headers.insert("count".into(), AMQPValue::LongInt(7));
        headers.insert(
            "bytes".into(),
            AMQPValue::LongString(LongString::from(vec![0xff])),
        );
        let body = vec![b'x'; MAX_MESSAGE + 1];
        let channel = raw_channel(&bus).await;
        channel
            .basic_publish(
                bus.0.names.requests(),
                "a.start".into(),
                BasicPublishOptions::default(),
                &body,
                BasicProperties::default()
                    .with_headers(headers)
                    .with_expiration("3600000".into()),
            )
            .await
            .unwrap()
            .await
            .unwrap();

        let mut requests = bus.subscribe(Queue::Requests, 1).await.unwrap();
        let delivery = requests.next().await;
        let arrived = delivery.message().clone();
        assert_eq!(arrived.body.len(), MAX_MESSAGE + 1);
        let kept: Vec<_> = arrived.headers.keys().collect();
        assert_eq!(kept, ["note"]);

        // Too large to be published, it can be parked all the same.
        let reason = Reason {
            word: "too-large",
            error: "x".repeat(100_000),
        };
        delivery.settle(Disposition::Dead(reason)).await.unwrap();
        let mut parked = bus.subscribe(Queue::Dead, 1).await.unwrap();
        let delivery = parked.next().await;
        let dead = delivery.message();
        assert!(dead.body == arrived.body);
        assert_eq!(dead.headers["x-reason"], "too-large");
        assert_eq!(dead.headers["note"], "kept");
        delivery.settle(Disposition::Done).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_header_gives_the_broker_no_orders() {
    with(|bus| async move {
        let copy_to = bus.0.names.queue(&Queue::Dial);
        let headers = ["CC", "BCC", "note"].map(|name| (name.to_owned(), copy_to.clone()));
        let message = Message {
            headers: headers.into(),
            ..Message::default()
        };
        let hint = (Address::Queue(Queue::Schedule), message);
        bus.publish(vec![hint]).await.remove(0).unwrap();
        let mut hints = bus.subscribe(Queue::Schedule, 1).await.unwrap();
        let delivery = hints.next().await;
        let kept: Vec<_> = delivery.message().headers.keys().collect();
        assert_eq!(kept, ["note"]);
        delivery.settle(Disposition::Done).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_deleted_queue_is_consumed_again() {
    with(|bus| async move {
        let mut hints = bus.subscribe(Queue::Schedule, 1).await.unwrap();
        let channel = raw_channel(&bus).await;
        delete(&channel, &bus.0.names, &Queue::Schedule).await;
        let sending = async {
            let hint = || (Address::Queue(Queue::Schedule), Message::default());
            while bus.publish(vec![hint()]).await.remove(0).is_err() {}
        };
        let both = async { tokio::join!(hints.next(), sending) };
        let (delivery, ()) = tokio::time::timeout(PATIENCE, both)
            .await
            .expect("not consumed again");
        delivery.settle(Disposition::Done).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn what_only_publishers_miss_is_declared_again() {
    with(|bus| async move {
        let channel = raw_channel(&bus).await;
        let heal = async |to: Address| {
            let message = || vec![(to.clone(), Message::default())];
            let trying = async { while bus.publish(message()).await.remove(0).is_err() {} };
            tokio::time::timeout(PATIENCE, trying)
                .await
                .expect("not declared again");
        };

        delete(&channel, &bus.0.names, &Queue::Dead).await;
        heal(Address::Queue(Queue::Dead)).await;

        let exchange = bus.0.names.requests();
        channel
            .exchange_delete(exchange, ExchangeDeleteOptions::default())
            .await
            .unwrap();
        heal(Address::Requests("a.start".to_owned())).await;
    })
    .await;
}

#[tokio::test]
async fn queues_made_otherwise_are_refused_in_one_line() {
    let Some(address) = broker() else { return };
    let prefix = unique_prefix();
    let raw = connect_raw(&address).await;
    let channel = raw.create_channel().await.unwrap();
    let queue = format!("{prefix}.dead");
    channel
        .queue_declare(
            queue.as_str().into(),
            QueueDeclareOptions::default(),
            FieldTable::default(),
        )
        .await
        .unwrap();
    let error = connect(&address, &prefix).await.unwrap_err().to_string();
    assert!(
        error.contains("PRECONDITION") && error.contains(&queue),
        "{error}"
    );
    assert!(!error.contains('\n') && !error.contains("guest"), "{error}");
    erase(&address, &prefix).await;
}

#[tokio::test]
async fn an_absent_broker_is_named_without_credentials() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let place = listener.local_addr().unwrap().to_string();
    drop(listener);
    let address = format!("amqp://someone:secret@{place}");
    let error = connect(&address, "t").await.unwrap_err().to_string();
    assert!(error.contains(&place), "{error}");
    assert!(
        !error.contains("someone") && !error.contains("secret"),
        "{error}"
    );
}

/// Hands a bus with queues of its own to the check, and deletes them whatever comes of it.
async fn with<F: Future<Output = ()>>(check: impl FnOnce(AmqpBus) -> F) {
    let Some(address) = broker() else { return };
    let prefix = unique_prefix();
    let bus = connect(&address, &prefix).await.unwrap();
    let outcome = AssertUnwindSafe(check(bus)).catch_unwind().await;
    erase(&address, &prefix).await;
    if let Err(panic) = outcome {
        std::panic::resume_unwind(panic);
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test is told by the environment where a broker is"
)]
fn broker() -> Option<String> {
    let address = std::env::var("RINGBACK_TEST_AMQP").ok();
    if address.is_none() {
        // Not by a macro, whose words the test runner keeps to itself when a test passes.
        let told = writeln!(
            std::io::stderr(),
            "left out: the bus on RabbitMQ needs RINGBACK_TEST_AMQP"
        );
        told.unwrap();
    }
    address
}

fn unique_prefix() -> String {
    format!("t-{:016x}", getrandom::u64().unwrap())
}

async fn connect(address: &str, prefix: &str) -> Result<AmqpBus, ConnectError> {
    let options = AmqpOptions {
        connection_name: "test".to_owned(),
        prefix: prefix.to_owned(),
    };
    AmqpBus::connect(address, options).await
}

async fn connect_raw(address: &str) -> Connection {
    Connection::connect(address, ConnectionProperties::default())
        .await
        .unwrap()
}

/// A channel beside the bus, in confirm mode.
async fn raw_channel(bus: &AmqpBus) -> lapin::Channel {
    let channel = bus.0.publishing.watcher().channel().await.unwrap();
    let options = ConfirmSelectOptions::default();
    channel.confirm_select(options).await.unwrap();
    channel
}

async fn delete(channel: &lapin::Channel, names: &Names, queue: &Queue) {
    channel
        .queue_delete(names.queue(queue).into(), QueueDeleteOptions::default())
        .await
        .unwrap();
}

async fn erase(address: &str, prefix: &str) {
    let names = Names::new(prefix.to_owned()).unwrap();
    let raw = connect_raw(address).await;
    let channel = raw.create_channel().await.unwrap();
    for queue in &FIXED {
        delete(&channel, &names, queue).await;
    }
    for exchange in ["requests", "events", "live"] {
        channel
            .exchange_delete(
                format!("{prefix}.{exchange}").into(),
                ExchangeDeleteOptions::default(),
            )
            .await
            .unwrap();
    }
}

async fn until(there: impl Fn() -> bool) {
    let looking = async {
        while !there() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, looking)
        .await
        .expect("the bus does not notice");
}
