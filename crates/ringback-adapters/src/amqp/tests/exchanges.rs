//! What leaves the house by exchanges, for whoever listens.

use lapin::ExchangeKind;
use lapin::message::BasicGetMessage;
use lapin::options::{ExchangeDeclareOptions, QueueBindOptions};
use lapin::types::ShortString;

use super::*;

#[tokio::test]
async fn a_listener_gets_what_its_pattern_matches() {
    with(|bus| async move {
        let channel = raw_channel(&bus).await;
        let listener = listen(
            &channel,
            bus.0.names.outward(None).unwrap(),
            "_cbe_on_dial_init",
        )
        .await;
        let everything = listen(&channel, bus.0.names.outward(None).unwrap(), "#").await;
        // A star stands for a whole word, so this one gets nothing.
        let nothing = listen(
            &channel,
            bus.0.names.outward(None).unwrap(),
            "_cbe_on_dial_*",
        )
        .await;
        let message = |key: &str| Message {
            body: key.as_bytes().to_vec(),
            content_type: Some("application/json".to_owned()),
            ..Message::default()
        };
        let keys = ["_cbe_on_service_create", "_cbe_on_dial_init"];
        let sent = keys.map(|key| (to(None, key), message(key)));
        assert!(bus.publish(sent.into()).await.iter().all(Result::is_ok));

        let got = get(&channel, &listener).await.unwrap();
        assert_eq!(got.delivery.data, b"_cbe_on_dial_init");
        assert_eq!(got.delivery.routing_key.as_str(), "_cbe_on_dial_init");
        assert_eq!(*got.delivery.properties.delivery_mode(), Some(2));
        assert!(get(&channel, &listener).await.is_none());
        for key in keys {
            let got = get(&channel, &everything).await.unwrap();
            assert_eq!(got.delivery.data, key.as_bytes());
        }
        assert!(get(&channel, &nothing).await.is_none());
    })
    .await;
}

#[tokio::test]
async fn an_exchange_of_others_is_published_to_by_its_name() {
    with(|bus| async move {
        let channel = raw_channel(&bus).await;
        let name = exchange(&channel, &bus).await;
        let listener = listen(&channel, name.clone(), "a.*").await;
        let keys: Vec<_> = (0..600).map(|n| format!("a.{n}")).collect();
        let letter = |key: &String| (to(Some(name.as_str()), key), Message::default());
        let sent = keys.iter().map(letter).collect();
        for outcome in bus.publish(sent).await {
            outcome.unwrap();
        }
        for key in &keys {
            let got = get(&channel, &listener).await.unwrap();
            assert_eq!(got.delivery.routing_key.as_str(), key);
        }
        let unbound = vec![(to(Some(name.as_str()), "b"), Message::default())];
        let outcome = bus.publish(unbound).await.remove(0);
        assert!(
            matches!(outcome, Err(PublishError::Unroutable(_))),
            "{outcome:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_bad_exchange_fails_nobody_else() {
    with(|bus| async move {
        let channel = raw_channel(&bus).await;
        let good = exchange(&channel, &bus).await;
        let listener = listen(&channel, good.clone(), "#").await;
        let absent = format!("{good}-absent");
        // The broker lets nobody publish to this one.
        let internal = "amq.rabbitmq.trace";
        let batch = |n: usize| {
            let address = match n % 5 {
                0 => to(Some(&absent), "k"),
                1 => to(Some(good.as_str()), "k"),
                2 => to(Some(internal), "k"),
                3 => Address::Queue(Queue::Notify),
                _ => Address::Queue(Queue::Dialer("nobody".to_owned())),
            };
            (address, Message::default())
        };
        for _ in 0..3 {
            let outcomes = bus.publish((0..500).map(batch).collect()).await;
            for (n, outcome) in outcomes.into_iter().enumerate() {
                let is_right = match n % 5 {
                    0 | 4 => matches!(outcome, Err(PublishError::Unroutable(_))),
                    2 => matches!(outcome, Err(PublishError::Unavailable(_))),
                    _ => outcome.is_ok(),
                };
                assert!(is_right, "{n}: {outcome:?}");
            }
        }
        for _ in 0..300 {
            assert!(get(&channel, &listener).await.is_some());
        }
        assert!(get(&channel, &listener).await.is_none());
    })
    .await;
}

#[tokio::test]
async fn an_exchange_is_used_once_it_is_there() {
    with(|bus| async move {
        let channel = raw_channel(&bus).await;
        let name = exchange(&channel, &bus).await;
        let send = || bus.publish(vec![(to(Some(name.as_str()), "k"), Message::default())]);
        let gone = ExchangeDeleteOptions::default();
        channel.exchange_delete(name.clone(), gone).await.unwrap();
        let outcome = send().await.remove(0);
        assert!(
            matches!(outcome, Err(PublishError::Unroutable(_))),
            "{outcome:?}"
        );

        declare(&channel, name.clone()).await;
        listen(&channel, name.clone(), "k").await;
        let trying = async { while send().await.remove(0).is_err() {} };
        tokio::time::timeout(PATIENCE, trying)
            .await
            .expect("the exchange stays unused");
    })
    .await;
}

#[tokio::test]
async fn nothing_is_slipped_into_the_house_by_its_exchanges() {
    with(|bus| async move {
        let own = [
            bus.0.names.requests().to_string(),
            bus.0.names.queue(&Queue::Dial),
        ];
        for name in own.iter().map(String::as_str).chain(["", "amq.default"]) {
            let dial = bus.0.names.queue(&Queue::Dial);
            for key in ["a.start", dial.as_str()] {
                let outcome = bus
                    .publish(vec![(to(Some(name), key), Message::default())])
                    .await
                    .remove(0);
                assert!(
                    matches!(&outcome, Err(PublishError::Unroutable(refused)) if refused == name),
                    "{name}: {outcome:?}"
                );
            }
        }
        let channel = raw_channel(&bus).await;
        for queue in [Queue::Requests, Queue::Dial] {
            let name = bus.0.names.queue(&queue).into();
            assert!(get(&channel, &name).await.is_none(), "{queue}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_exchange_for_events_is_declared_again() {
    with(|bus| async move {
        let channel = raw_channel(&bus).await;
        let events = bus.0.names.outward(None).unwrap();
        let gone = ExchangeDeleteOptions::default();
        channel.exchange_delete(events.clone(), gone).await.unwrap();
        let event = || vec![(to(None, "k"), Message::default())];
        let trying = async {
            while !matches!(
                bus.publish(event()).await.remove(0),
                Err(PublishError::Unroutable(_))
            ) {}
        };
        tokio::time::timeout(PATIENCE, trying)
            .await
            .expect("not declared again");
    })
    .await;
}

fn to(name: Option<&str>, key: &str) -> Address {
    Address::Exchange {
        name: name.map(str::to_owned),
        key: key.to_owned(),
    }
}

/// An exchange that is not of the house, gone when nothing is bound to it any more.
async fn exchange(channel: &lapin::Channel, bus: &AmqpBus) -> ShortString {
    let name: ShortString = format!("analysts-of-{}", bus.0.names.queue(&Queue::Dead)).into();
    declare(channel, name.clone()).await;
    name
}

async fn declare(channel: &lapin::Channel, name: ShortString) {
    let options = ExchangeDeclareOptions {
        auto_delete: true,
        ..ExchangeDeclareOptions::default()
    };
    channel
        .exchange_declare(name, ExchangeKind::Topic, options, FieldTable::default())
        .await
        .unwrap();
}

/// A queue of this connection that gets what the pattern matches.
async fn listen(channel: &lapin::Channel, exchange: ShortString, pattern: &str) -> ShortString {
    let options = QueueDeclareOptions {
        exclusive: true,
        ..QueueDeclareOptions::default()
    };
    let queue = channel
        .queue_declare("".into(), options, FieldTable::default())
        .await
        .unwrap()
        .name()
        .clone();
    let options = QueueBindOptions::default();
    channel
        .queue_bind(
            queue.clone(),
            exchange,
            pattern.into(),
            options,
            FieldTable::default(),
        )
        .await
        .unwrap();
    queue
}

async fn get(channel: &lapin::Channel, queue: &ShortString) -> Option<BasicGetMessage> {
    let options = BasicGetOptions { no_ack: true };
    channel.basic_get(queue.clone(), options).await.unwrap()
}
