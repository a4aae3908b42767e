//! What every bus has to do, one function per behaviour. [`bus_conformance!`](crate::bus_conformance) makes a test of
//! each. A bus starts with empty queues that nobody else uses.

mod live;

use std::collections::BTreeSet;
use std::time::Duration;

use super::{
    Address, Bus, Delivery, Disposition, MAX_MESSAGE, Message, PublishError, Queue, Reason,
    Subscription,
};
pub use live::{everybody_who_listens_gets_a_copy, nobody_who_listens_is_no_route};

/// A guard against a hang, far above what any bus needs.
const PATIENCE: Duration = Duration::from_secs(30);

/// One test per behaviour: `bus_conformance!(with)`, where `with` is an `async fn` that takes a check, hands a fresh bus
/// to it, and cleans up afterwards.
#[macro_export]
macro_rules! bus_conformance {
    ($with:path) => {
        $crate::bus_conformance!(
            $with:
            what_is_published_arrives_in_order
            properties_and_headers_arrive
            a_message_without_a_route_fails_alone
            every_request_arrives_whatever_its_key
            an_exchange_that_nobody_listens_to_has_no_route
            too_large_is_refused
            many_publish_at_once
            what_is_done_does_not_come_again
            later_comes_again
            dropped_comes_again
            dead_keeps_body_and_properties
            prefetch_bounds_what_is_held
            a_lost_consumer_hands_back
            consumers_share_a_queue
            a_private_queue_lives_with_its_subscription
            a_private_queue_has_one_subscriber
            everybody_who_listens_gets_a_copy
            nobody_who_listens_is_no_route
            waiting_can_be_given_up
            waiting_by_snatches_loses_nothing
        );
    };
    ($with:path: $($behaviour:ident)+) => {
        $(
            #[tokio::test]
            async fn $behaviour() {
                $with($crate::bus::conformance::$behaviour).await;
            }
        )+
    };
}

/// Messages of several publications arrive in the order of publication.
pub async fn what_is_published_arrives_in_order<B: Bus>(bus: B) {
    let mut flow = subscribe(&bus, Queue::Schedule, 4).await;
    for batch in [0..3, 3..4, 4..400] {
        send(&bus, batch.map(|n| hint(Queue::Schedule, n)).collect()).await;
    }
    for n in 0..400 {
        let delivery = next(&mut flow).await;
        assert_eq!(number(&delivery), n);
        assert!(!delivery.message().redelivered);
        done(delivery).await;
    }
}

/// Body, properties and text headers arrive as they were; the routing key is the one it was published with.
pub async fn properties_and_headers_arrive<B: Bus>(bus: B) {
    let sent = full_message();
    let key = "samples_dev.start";
    send(
        &bus,
        vec![(Address::Requests(key.to_owned()), sent.clone())],
    )
    .await;

    let mut flow = subscribe(&bus, Queue::Requests, 1).await;
    let delivery = next(&mut flow).await;
    let arrived = Message {
        routing_key: key.to_owned(),
        ..sent
    };
    assert_same(delivery.message(), &arrived);
    done(delivery).await;

    send(&bus, vec![hint(Queue::Dial, 0)]).await;
    let mut flow = subscribe(&bus, Queue::Dial, 1).await;
    let plain = next(&mut flow).await;
    let bare = Message {
        routing_key: plain.message().routing_key.clone(),
        ..hint(Queue::Dial, 0).1
    };
    assert_same(plain.message(), &bare);
    done(plain).await;
}

/// Of a mixed batch exactly the unroutable messages fail, and the others arrive.
pub async fn a_message_without_a_route_fails_alone<B: Bus>(bus: B) {
    let is_lost = |n: usize| n.is_multiple_of(3);
    let batch = |n: usize| match n % 6 {
        0 => (Address::Reply(format!("nobody-{n}")), numbered(n)),
        3 => hint(Queue::Dialer("nobody".to_owned()), n),
        _ => hint(Queue::Notify, n),
    };
    let outcomes = bus.publish((0..600).map(batch).collect()).await;
    assert_eq!(outcomes.len(), 600);
    for (n, outcome) in outcomes.into_iter().enumerate() {
        match outcome {
            Ok(()) => assert!(!is_lost(n), "{n} has no route"),
            Err(PublishError::Unroutable(_)) => assert!(is_lost(n), "{n} has a route"),
            Err(error) => panic!("{n}: {error}"),
        }
    }

    let mut flow = subscribe(&bus, Queue::Notify, 50).await;
    for n in (0..600).filter(|n| !is_lost(*n)) {
        let delivery = next(&mut flow).await;
        assert_eq!(number(&delivery), n);
        done(delivery).await;
    }
}

/// Whatever its key: what is no request is answered and kept by who reads it, and does not vanish on the way.
pub async fn every_request_arrives_whatever_its_key<B: Bus>(bus: B) {
    let keys = [
        "a.start",
        "a.cancel",
        "a.b.c.start",
        "start",
        "a.stop",
        "a.START",
        "a.start.b",
        "astart",
        "",
    ];
    let to = |key: &str| (Address::Requests(key.to_owned()), Message::default());
    send(&bus, keys.map(to).into()).await;
    let mut flow = subscribe(&bus, Queue::Requests, 16).await;
    let mut arrived = Vec::new();
    for _ in keys {
        let delivery = next(&mut flow).await;
        arrived.push(delivery.message().routing_key.clone());
        done(delivery).await;
    }
    arrived.sort_unstable();
    let mut expected = keys.to_vec();
    expected.sort_unstable();
    assert_eq!(arrived, expected);
}

/// What others listen to has a route only while they do, whatever the exchange is called; the rest of the batch arrives.
pub async fn an_exchange_that_nobody_listens_to_has_no_route<B: Bus>(bus: B) {
    let to = |name: Option<String>, key: &str| {
        let key = key.to_owned();
        (Address::Exchange { name, key }, Message::default())
    };
    let named = |name: &str| to(Some(name.to_owned()), "_cbe_on_dial_init");
    let lost = [
        to(None, "_cbe_on_dial_init"),
        named("ringback.events"),
        named("nobody-made-this-one"),
        to(None, ""),
        to(None, &"k".repeat(256)),
        // The default exchange, and names that no broker takes as they are.
        named(""),
        named("amq.default"),
        named("a\nb"),
        named(&"x".repeat(256)),
        to(Some(String::new()), "ringback.dial"),
    ];
    let mut flow = subscribe(&bus, Queue::Notify, 2).await;
    for lost in lost {
        let batch = vec![hint(Queue::Notify, 0), lost.clone(), hint(Queue::Notify, 1)];
        let outcomes = within(bus.publish(batch)).await;
        let (address, _) = lost;
        assert!(
            matches!(
                &outcomes[..],
                [Ok(()), Err(PublishError::Unroutable(_)), Ok(())]
            ),
            "{address:?}: {outcomes:?}"
        );
        for n in 0..2 {
            let delivery = next(&mut flow).await;
            assert_eq!(number(&delivery), n);
            done(delivery).await;
        }
    }
}

/// A message over the limits fails alone; one at the limit is taken.
pub async fn too_large_is_refused<B: Bus>(bus: B) {
    let of = |size: usize| {
        let body = vec![b'x'; size];
        let message = Message {
            body,
            ..Message::default()
        };
        (Address::Queue(Queue::Schedule), message)
    };
    let mut long = hint(Queue::Schedule, 0);
    long.1.message_id = Some("x".repeat(256));
    let mut outcomes = bus
        .publish(vec![of(MAX_MESSAGE), of(MAX_MESSAGE + 1), long])
        .await
        .into_iter();
    assert!(matches!(outcomes.next(), Some(Ok(()))));
    assert!(matches!(
        outcomes.next(),
        Some(Err(PublishError::TooLarge(size))) if size == MAX_MESSAGE + 1
    ));
    assert!(matches!(
        outcomes.next(),
        Some(Err(PublishError::TooLong("message_id")))
    ));

    let mut flow = subscribe(&bus, Queue::Schedule, 1).await;
    let delivery = next(&mut flow).await;
    assert_eq!(delivery.message().body.len(), MAX_MESSAGE);
    done(delivery).await;
}

/// Many publishers at once get their own outcomes, and nothing is lost or doubled.
pub async fn many_publish_at_once<B: Bus>(bus: B) {
    let mut publishers = tokio::task::JoinSet::new();
    for publisher in 0..40 {
        let bus = bus.clone();
        publishers.spawn(async move {
            for n in (publisher * 20..publisher * 20 + 20).step_by(2) {
                let lost = (Address::Reply(format!("nobody-{n}")), numbered(n));
                let batch = vec![hint(Queue::Dial, n), lost, hint(Queue::Dial, n + 1)];
                let outcomes = bus.publish(batch).await;
                let [Ok(()), Err(PublishError::Unroutable(name)), Ok(())] = &outcomes[..] else {
                    panic!("{n}: {outcomes:?}");
                };
                assert_eq!(*name, format!("nobody-{n}"));
            }
        });
    }
    publishers.join_all().await;

    let mut flow = subscribe(&bus, Queue::Dial, 100).await;
    let mut seen = BTreeSet::new();
    while seen.len() < 800 {
        let delivery = next(&mut flow).await;
        assert!(seen.insert(number(&delivery)), "doubled");
        done(delivery).await;
    }
}

/// A settled message is gone.
pub async fn what_is_done_does_not_come_again<B: Bus>(bus: B) {
    send(&bus, (0..2).map(|n| hint(Queue::Notify, n)).collect()).await;
    let mut flow = subscribe(&bus, Queue::Notify, 1).await;
    done(next(&mut flow).await).await;
    drop(flow);

    let mut flow = subscribe(&bus, Queue::Notify, 1).await;
    let second = next(&mut flow).await;
    assert_eq!(number(&second), 1);
    done(second).await;
}

/// A message that is put back is delivered again, marked so.
pub async fn later_comes_again<B: Bus>(bus: B) {
    send(&bus, vec![hint(Queue::Schedule, 7)]).await;
    let mut flow = subscribe(&bus, Queue::Schedule, 1).await;
    let first = next(&mut flow).await;
    assert!(!first.message().redelivered);
    settle(first, Disposition::Later).await;

    let again = next(&mut flow).await;
    assert_eq!(number(&again), 7);
    assert!(again.message().redelivered);
    done(again).await;
}

/// A delivery that is dropped is delivered again, marked so.
pub async fn dropped_comes_again<B: Bus>(bus: B) {
    send(&bus, vec![hint(Queue::Schedule, 7)]).await;
    let mut flow = subscribe(&bus, Queue::Schedule, 1).await;
    drop(next(&mut flow).await);

    let again = next(&mut flow).await;
    assert_eq!(number(&again), 7);
    assert!(again.message().redelivered);
    done(again).await;
}

/// A dead message is parked with the reason, otherwise as it was.
pub async fn dead_keeps_body_and_properties<B: Bus>(bus: B) {
    let mut sent = full_message();
    let key = "samples_dev.cancel".to_owned();
    send(&bus, vec![(Address::Requests(key.clone()), sent.clone())]).await;
    let mut flow = subscribe(&bus, Queue::Requests, 1).await;
    let reason = Reason {
        word: "malformed",
        error: "expected a map at line 1".to_owned(),
    };
    settle(next(&mut flow).await, Disposition::Dead(reason)).await;

    let mut parked = subscribe(&bus, Queue::Dead, 1).await;
    let dead = next(&mut parked).await;
    for (name, value) in [
        ("x-reason", "malformed"),
        ("x-error", "expected a map at line 1"),
        ("x-routing-key", &key),
    ] {
        sent.headers.insert(name.to_owned(), value.to_owned());
    }
    sent.routing_key.clone_from(&dead.message().routing_key);
    assert_same(dead.message(), &sent);
    done(dead).await;

    // It is gone from where it was.
    send(&bus, vec![(Address::Requests(key), numbered(1))]).await;
    let other = next(&mut flow).await;
    assert_eq!(number(&other), 1);
    done(other).await;
}

/// A subscriber holds no more than its prefetch; the rest is there for others.
pub async fn prefetch_bounds_what_is_held<B: Bus>(bus: B) {
    let mut narrow = subscribe(&bus, Queue::Dial, 2).await;
    send(&bus, (0..3).map(|n| hint(Queue::Dial, n)).collect()).await;
    let first = next(&mut narrow).await;
    let second = next(&mut narrow).await;

    // Had the first subscriber taken the third message ahead, the other one would wait for ever.
    let mut other = subscribe(&bus, Queue::Dial, 1).await;
    let third = next(&mut other).await;
    assert_eq!([&first, &second, &third].map(number), [0, 1, 2]);

    // A settled one makes room for the next.
    done(first).await;
    send(&bus, vec![hint(Queue::Dial, 3)]).await;
    let fourth = next(&mut narrow).await;
    assert_eq!(number(&fourth), 3);
    for delivery in [second, third, fourth] {
        done(delivery).await;
    }
}

/// What a lost subscriber held is delivered to another one; settling it afterwards fails.
pub async fn a_lost_consumer_hands_back<B: Bus>(bus: B) {
    send(&bus, (0..3).map(|n| hint(Queue::Dial, n)).collect()).await;
    let mut lost = subscribe(&bus, Queue::Dial, 3).await;
    let held = next(&mut lost).await;
    drop(lost);

    let mut flow = subscribe(&bus, Queue::Dial, 3).await;
    let mut seen = BTreeSet::new();
    for _ in 0..3 {
        let delivery = next(&mut flow).await;
        let is_held = number(&delivery) == number(&held);
        assert!(delivery.message().redelivered || !is_held);
        seen.insert(number(&delivery));
        done(delivery).await;
    }
    assert_eq!(seen, BTreeSet::from([0, 1, 2]));
    assert!(held.settle(Disposition::Done).await.is_err());
}

/// Two subscribers of one queue each get messages, and none gets the other's.
pub async fn consumers_share_a_queue<B: Bus>(bus: B) {
    let mut one = subscribe(&bus, Queue::Notify, 1).await;
    let mut two = subscribe(&bus, Queue::Notify, 1).await;
    send(&bus, (0..2).map(|n| hint(Queue::Notify, n)).collect()).await;
    let first = next(&mut one).await;
    let second = next(&mut two).await;
    assert_eq!(
        BTreeSet::from([number(&first), number(&second)]),
        BTreeSet::from([0, 1])
    );
    done(first).await;
    done(second).await;
}

/// A dialer's own queue is there while it is subscribed, and messages to it have no route afterwards.
pub async fn a_private_queue_lives_with_its_subscription<B: Bus>(bus: B) {
    let queue = || Queue::Dialer("dialer-1".to_owned());
    let mut flow = subscribe(&bus, queue(), 1).await;
    send(&bus, vec![hint(queue(), 0)]).await;
    done(next(&mut flow).await).await;
    drop(flow);

    let gone = async {
        while bus.publish(vec![hint(queue(), 1)]).await.remove(0).is_ok() {
            tokio::task::yield_now().await;
        }
        bus.publish(vec![hint(queue(), 2)]).await.remove(0)
    };
    let outcome = within(gone).await;
    assert!(matches!(outcome, Err(PublishError::Unroutable(_))));

    // Whoever comes back under the same name finds it empty.
    let mut flow = subscribe(&bus, queue(), 1).await;
    send(&bus, vec![hint(queue(), 3)]).await;
    let delivery = next(&mut flow).await;
    assert_eq!(number(&delivery), 3);
    done(delivery).await;
}

/// Nobody else can take from a dialer's own queue.
pub async fn a_private_queue_has_one_subscriber<B: Bus>(bus: B) {
    let queue = || Queue::Dialer("dialer-1".to_owned());
    let mut flow = subscribe(&bus, queue(), 1).await;
    assert!(within(bus.subscribe(queue(), 1)).await.is_err());

    send(&bus, vec![hint(queue(), 0)]).await;
    done(next(&mut flow).await).await;
}

/// Waiting for a delivery can be given up and taken up again without losing one.
pub async fn waiting_can_be_given_up<B: Bus>(bus: B) {
    let mut flow = subscribe(&bus, Queue::Schedule, 1).await;
    for n in 0..50 {
        let send = send(&bus, vec![hint(Queue::Schedule, n)]);
        tokio::pin!(send);
        // Waits only until the publication is confirmed, so that the two race.
        let early = tokio::select! {
            delivery = flow.next() => Some(delivery),
            () = &mut send => None,
        };
        let delivery = match early {
            Some(delivery) => {
                send.await;
                delivery
            }
            None => next(&mut flow).await,
        };
        assert_eq!(number(&delivery), n);
        done(delivery).await;
    }
}

/// A wait that is given up whenever it has to wait, as one beside others in a `select!`, gets every delivery once and in
/// order.
pub async fn waiting_by_snatches_loses_nothing<B: Bus>(bus: B) {
    let mut flow = subscribe(&bus, Queue::Notify, 4).await;
    send(&bus, (0..40).map(|n| hint(Queue::Notify, n)).collect()).await;
    for n in 0..40 {
        let snatched = async {
            loop {
                tokio::select! {
                    biased;
                    delivery = flow.next() => return delivery,
                    () = tokio::task::yield_now() => {}
                }
            }
        };
        let delivery = within(snatched).await;
        assert_eq!(number(&delivery), n);
        assert!(!delivery.message().redelivered, "{n} was taken before");
        done(delivery).await;
    }
}

fn numbered(n: usize) -> Message {
    Message {
        body: n.to_string().into_bytes(),
        ..Message::default()
    }
}

fn hint(queue: Queue, n: usize) -> (Address, Message) {
    (Address::Queue(queue), numbered(n))
}

fn number(delivery: &impl Delivery) -> usize {
    std::str::from_utf8(&delivery.message().body)
        .ok()
        .and_then(|text| text.parse().ok())
        .expect("a body that this suite wrote")
}

fn full_message() -> Message {
    let some = |text: &str| Some(text.to_owned());
    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    Message {
        body: br#"{"_customer_number":"+16503334444"}"#.to_vec(),
        content_type: some("application/json"),
        message_id: some("m-1"),
        correlation_id: some("c-1"),
        reply_to: some("ivr.answers"),
        headers: [("traceparent", trace), ("note", "gr\u{fc}n"), ("empty", "")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        ..Message::default()
    }
}

/// Compares what `Debug` hides as well.
fn assert_same(arrived: &Message, expected: &Message) {
    assert_eq!(arrived.headers, expected.headers);
    assert_eq!(arrived.content_type, expected.content_type);
    assert_eq!(arrived.message_id, expected.message_id);
    assert_eq!(arrived.correlation_id, expected.correlation_id);
    assert_eq!(arrived.reply_to, expected.reply_to);
    assert!(arrived == expected, "{arrived:?} is not {expected:?}");
}

async fn subscribe<B: Bus>(bus: &B, queue: Queue, prefetch: u16) -> B::Subscription {
    within(bus.subscribe(queue, prefetch))
        .await
        .expect("a bus that is there")
}

async fn send<B: Bus>(bus: &B, batch: Vec<(Address, Message)>) {
    for outcome in within(bus.publish(batch)).await {
        outcome.expect("a queue of the house takes it");
    }
}

async fn next<S: Subscription>(flow: &mut S) -> S::Delivery {
    within(flow.next()).await
}

async fn settle(delivery: impl Delivery, disposition: Disposition) {
    within(delivery.settle(disposition))
        .await
        .expect("a delivery that is still held");
}

async fn done(delivery: impl Delivery) {
    settle(delivery, Disposition::Done).await;
}

async fn within<T>(step: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, step)
        .await
        .expect("the bus hangs")
}
