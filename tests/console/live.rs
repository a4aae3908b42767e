//! What is watched, and what that costs.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, BodyDataStream};
use axum::extract::Request;
use futures_util::StreamExt;
use ringback_api::Access;
use ringback_workers::ingest::FrontDesk;
use serde_json::Value;
use tower::ServiceExt;

use crate::harness::{Rooms, request, rooms};

const QUEUE: (&str, &str) = ("_urs_virtual_queue", "VQ");

fn router(house: &Rooms) -> Router {
    ringback_api::api(FrontDesk::new(house.clone()), Access::default())
}

/// Somebody who watches.
struct Watcher {
    body: BodyDataStream,
    rest: String,
}

impl Watcher {
    async fn begin(router: &Router, last: Option<&str>) -> Self {
        let mut request = Request::get("/v1/live?topic=board");
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let request = request.body(Body::empty()).unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), 200);
        let body = response.into_body().into_data_stream();
        let rest = String::new();
        Self { body, rest }
    }

    /// The next event: its name, its id and its data.
    async fn next(&mut self) -> Option<(String, String, Value)> {
        while !self.rest.contains("\n\n") {
            let piece = self.body.next().await?.unwrap();
            self.rest += std::str::from_utf8(&piece).unwrap();
        }
        let (event, rest) = self.rest.split_once("\n\n").unwrap();
        let line = |name: &str| {
            let lines = event.lines();
            let mut found = lines.filter_map(|it| it.strip_prefix(name)?.strip_prefix(": "));
            found.next_back().unwrap_or_default().to_owned()
        };
        let data = serde_json::from_str(&line("data")).unwrap();
        let next = (line("event"), line("id"), data);
        self.rest = rest.to_owned();
        Some(next)
    }

    /// The next that is no beat.
    async fn news(&mut self) -> (String, String, Value) {
        loop {
            let next = self.next().await.unwrap();
            if next.0 != "beat" {
                return next;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_changes_is_told_and_nothing_else() {
    let house = rooms(&[QUEUE]);
    let router = router(&house);
    let mut watcher = Watcher::begin(&router, None).await;
    let (name, id, snapshot) = watcher.next().await.unwrap();
    assert_eq!(name, "snapshot");
    assert_eq!(snapshot["rows"]["queue/VQ"]["waiting"], 0);
    assert_eq!(snapshot["rows"]["service/now"]["paused"], false);
    let (name, _, beat) = watcher.next().await.unwrap();
    assert_eq!((name.as_str(), &beat["topic"]), ("beat", &"board".into()));

    request(&house, "5115").await;
    let (name, after, delta) = watcher.news().await;
    assert_eq!(name, "delta");
    assert_eq!(delta["changed"]["queue/VQ"]["callbacks"], 1);
    assert_eq!(delta["changed"]["service/now"]["states"]["QUEUED"], 1);
    assert!(delta["changed"].get("deliveries").is_none(), "{delta}");
    assert_ne!(id, after);

    // Whoever comes back is told what it has missed, or all in any doubt.
    let (name, _, missed) = Watcher::begin(&router, Some(&id)).await.news().await;
    assert_eq!(
        (name.as_str(), &missed["changed"]),
        ("delta", &delta["changed"])
    );
    let (name, _, _) = Watcher::begin(&router, Some(&after))
        .await
        .next()
        .await
        .unwrap();
    assert_eq!(name, "beat");
    let (name, ..) = Watcher::begin(&router, Some("other:7")).await.news().await;
    assert_eq!(name, "snapshot");

    house.stop.cancel();
    assert_eq!(watcher.news().await.0, "end");
    assert!(watcher.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn however_many_watch_it_is_looked_once_and_not_at_all_for_nobody() {
    let house = rooms(&[QUEUE]);
    let router = router(&house);
    let cost = async |seconds| {
        let before = house.counters.store_calls.get();
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        house.counters.store_calls.get() - before
    };
    let first = Watcher::begin(&router, None).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let of_one = cost(10).await;
    assert!(of_one > 0);
    let mut watchers = vec![first];
    while watchers.len() < 100 {
        watchers.push(Watcher::begin(&router, None).await);
    }
    assert_eq!(cost(10).await, of_one);
    let request = Request::get("/v1/live?topic=board").body(Body::empty());
    let refused = router.clone().oneshot(request.unwrap()).await.unwrap();
    assert_eq!(refused.status(), 503, "there are seats for 100");
    drop(watchers);
    assert_eq!(cost(60).await, 0);
}

#[tokio::test(start_paused = true)]
async fn who_asks_within_a_second_counts_nothing_anew() {
    let house = rooms(&[QUEUE]);
    let router = router(&house);
    let ask = async || {
        let request = Request::get("/v1/summary").body(Body::empty()).unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), 200);
    };
    ask().await;
    let of_one = house.counters.store_calls.get();
    for _ in 0..50 {
        ask().await;
    }
    assert_eq!(house.counters.store_calls.get(), of_one);
    tokio::time::sleep(Duration::from_secs(2)).await;
    ask().await;
    assert!(house.counters.store_calls.get() > of_one);
}
