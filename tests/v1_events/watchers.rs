//! What becomes of watchers within one process.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use futures_util::StreamExt;
use ringback_api::{Access, Users};
use ringback_core::ids::ServiceName;
use ringback_ports::bus::memory::MemoryBus;
use ringback_ports::bus::{Address, Bus, Message, PublishError};
use ringback_ports::desk::{Desk, LiveDesk, LiveEvent, LiveNews, LiveQuery, RefusalKind, Watcher};
use ringback_workers::hint::Hints;
use ringback_workers::ingest::FrontDesk;
use tower::ServiceExt;

use crate::harness::{Rooms, request, rooms};

/// Longer than anything takes, in the time of a test whose clock only moves when everything waits.
const PATIENCE: Duration = Duration::from_secs(300);

type House = FrontDesk<ringback_ports::store::memory::MemoryStore, MemoryBus>;

/// A watcher of everything, who listens.
async fn watcher(desk: &House) -> impl Watcher {
    let mut watcher = desk.watch(LiveQuery::default()).await.unwrap();
    assert!(matches!(watcher.next().await, Some(LiveNews::Listening)));
    watcher
}

async fn shown(watcher: &mut impl Watcher) -> Arc<LiveEvent> {
    let news = tokio::time::timeout(PATIENCE, watcher.next()).await;
    match news.expect("nothing more is shown") {
        Some(LiveNews::Event(event)) => event,
        other => panic!("{other:?}"),
    }
}

/// Whether anybody listens.
async fn is_heard(house: &Rooms) -> bool {
    let probe = vec![(Address::Live, Message::default())];
    let outcome = house.bus.publish(probe).await.remove(0);
    !matches!(outcome, Err(PublishError::Unroutable(_)))
}

/// Another process on the same store, whose hints are lost.
fn deaf(house: &Rooms) -> Rooms {
    Rooms {
        hints: Hints::over(MemoryBus::new(), house.counters.clone(), &house.pulse),
        ..house.clone()
    }
}

#[tokio::test(start_paused = true)]
async fn one_subscription_serves_all_and_ends_with_the_last() {
    let house = rooms(&[]);
    let desk = FrontDesk::new(house.clone());
    assert!(!is_heard(&house).await);
    let (one, mut two) = (watcher(&desk).await, watcher(&desk).await);
    assert!(is_heard(&house).await);
    drop(one);
    let id = request(&house, "5115").await;
    for sequence in 1..=4 {
        let event = shown(&mut two).await;
        assert_eq!((&event.callback, event.sequence), (&id, sequence));
    }
    drop(two);
    while is_heard(&house).await {
        tokio::task::yield_now().await;
    }

    let mut three = watcher(&desk).await;
    let id = request(&house, "5116").await;
    assert_eq!(shown(&mut three).await.callback, id);
}

#[tokio::test(start_paused = true)]
async fn what_was_not_hinted_at_comes_with_the_next_hint_or_after_a_while() {
    let house = rooms(&[]);
    let (desk, deaf) = (FrontDesk::new(house.clone()), deaf(&house));
    let mut watcher = watcher(&desk).await;
    let id = request(&deaf, "5115").await;
    house.hints.tell_watchers(&id);
    for sequence in 1..=4 {
        assert_eq!(shown(&mut watcher).await.sequence, sequence);
    }

    let service = ServiceName::new("now");
    let cancel = FrontDesk::new(deaf.clone());
    cancel.cancel(&service, &id).await.unwrap();
    assert!(
        tokio::time::timeout(Duration::from_secs(5), watcher.next())
            .await
            .is_err()
    );
    let exit = [shown(&mut watcher).await, shown(&mut watcher).await];
    assert_eq!(exit.map(|event| event.sequence), [5, 6]);
}

#[tokio::test(start_paused = true)]
async fn whoever_is_too_slow_is_cut_off() {
    let house = rooms(&[
        ("_max_queued_callbacks_per_service", "100000"),
        ("_throttle_callbacks_per_service_1", "0"),
        ("_throttle_callbacks_per_service_2", "0"),
    ]);
    let desk = FrontDesk::new(house.clone());
    let (mut slow, mut fast) = (watcher(&desk).await, watcher(&desk).await);
    let reading = async {
        for _ in 0..4 * 5000 {
            shown(&mut fast).await;
        }
    };
    let writing = async {
        for number in 0..5000 {
            request(&house, &format!("{}", 10_000 + number)).await;
            tokio::task::yield_now().await;
        }
    };
    tokio::join!(reading, writing);
    assert!(matches!(slow.next().await, Some(LiveNews::TooSlow)));
    assert!(slow.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn watching_ends_with_the_house() {
    let house = rooms(&[]);
    let desk = FrontDesk::new(house.clone());
    let mut watcher = watcher(&desk).await;
    let mut early = desk.watch(LiveQuery::default()).await.unwrap();
    house.stop.cancel();
    assert!(watcher.next().await.is_none());
    assert!(early.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_seat_is_free_again_when_its_watcher_leaves() {
    let house = rooms(&[]);
    let desk = FrontDesk::new(house.clone());
    let mut watchers = Vec::new();
    for _ in 0..100 {
        watchers.push(desk.watch(LiveQuery::default()).await.unwrap());
    }
    let refused = desk.watch(LiveQuery::default()).await.err().unwrap();
    assert_eq!(refused.kind, RefusalKind::Limit);
    watchers.pop();
    assert!(desk.watch(LiveQuery::default()).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn silence_is_broken_by_comments() {
    let access = Access {
        users: Users::default(),
        keep_audit: Duration::from_hours(24),
        ..Access::default()
    };
    let api = ringback_api::api(FrontDesk::new(rooms(&[])), access);
    let request = Request::get("/v1/events").body(Body::empty()).unwrap();
    let answer = api.oneshot(request).await.unwrap();
    assert_eq!(answer.headers()["x-accel-buffering"], "no");
    let begun = tokio::time::Instant::now();
    let mut body = answer.into_body().into_data_stream();
    for (seconds, sent) in [(1, ": listening\n\n"), (16, ":\n\n"), (31, ":\n\n")] {
        let chunk = body.next().await.unwrap().unwrap();
        assert_eq!(chunk, sent.as_bytes());
        assert_eq!(begun.elapsed().as_secs(), seconds);
    }
}
