//! What is published for whoever listens at the moment.

use super::{done, hint, next, number, numbered, send, subscribe, within};
use crate::bus::{Address, Bus, PublishError, Queue};

/// What is for whoever listens reaches each listener, in order, from the subscription on.
pub async fn everybody_who_listens_gets_a_copy<B: Bus>(bus: B) {
    let mut one = subscribe(&bus, live("one"), 4).await;
    send(&bus, (0..2).map(|n| (Address::Live, numbered(n))).collect()).await;
    let mut two = subscribe(&bus, live("two"), 4).await;
    let mixed = (2..300).map(|n| match n % 3 {
        0 => hint(Queue::Notify, n),
        _ => (Address::Live, numbered(n)),
    });
    send(&bus, mixed.collect()).await;
    for n in (0..300).filter(|n| *n < 2 || n % 3 > 0) {
        let delivery = next(&mut one).await;
        assert_eq!(number(&delivery), n);
        done(delivery).await;
        if n < 2 {
            continue;
        }
        let delivery = next(&mut two).await;
        assert_eq!(number(&delivery), n);
        done(delivery).await;
    }

    // It belongs to its listener alone.
    assert!(within(bus.subscribe(live("one"), 1)).await.is_err());
}

/// What is for whoever listens has no route before the first and after the last of them, and fails nothing beside it.
pub async fn nobody_who_listens_is_no_route<B: Bus>(bus: B) {
    let batch = || {
        vec![
            hint(Queue::Notify, 0),
            (Address::Live, numbered(1)),
            hint(Queue::Notify, 2),
        ]
    };
    let is_alone = |outcomes: &[Result<(), PublishError>]| {
        matches!(outcomes, [Ok(()), Err(PublishError::Unroutable(_)), Ok(())])
    };
    let outcomes = within(bus.publish(batch())).await;
    assert!(is_alone(&outcomes), "{outcomes:?}");

    let flow = subscribe(&bus, live("one"), 1).await;
    send(&bus, batch()).await;
    drop(flow);
    let gone = async {
        while !is_alone(&bus.publish(batch()).await) {
            tokio::task::yield_now().await;
        }
    };
    within(gone).await;

    // Whoever comes back finds nothing of what was meanwhile.
    let mut flow = subscribe(&bus, live("one"), 1).await;
    send(&bus, vec![(Address::Live, numbered(3))]).await;
    let delivery = next(&mut flow).await;
    assert_eq!(number(&delivery), 3);
    done(delivery).await;
}

fn live(listener: &str) -> Queue {
    Queue::Live(listener.to_owned())
}
