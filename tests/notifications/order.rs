//! Order under failure: a receiver that fails at random, notifiers that are killed.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde_json::json;

use crate::harness::{Process, Receiver, Services, Workers, sales, until};

const CALLBACKS: usize = 1000;
/// How many of a hundred deliveries fail.
const FAILING: u64 = 30;
/// After how many good deliveries a notifier is killed.
const KILLS: [usize; 6] = [1000, 2200, 3400, 4600, 5800, 7000];
const LIMIT: Duration = Duration::from_secs(150);

/// Fails by what is delivered and how often it came before, so that a run can be repeated.
fn fails(id: &str, times: usize) -> bool {
    let mut hasher = DefaultHasher::new();
    (id, times).hash(&mut hasher);
    hasher.finish() % 100 < FAILING
}

async fn receiver() -> Receiver {
    let times = std::sync::Mutex::new(BTreeMap::<String, usize>::new());
    Receiver::answering(move |_, now| {
        let id = now.headers["webhook-id"].to_str().unwrap().to_owned();
        let mut times = times.lock().unwrap();
        let times = times.entry(id.clone()).or_default();
        *times += 1;
        match fails(&id, *times) {
            true => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            false => StatusCode::OK.into_response(),
        }
    })
    .await
}

fn config(target: &str) -> String {
    let options = format!(
        "_enable_status_notification = \"subscribe_notify\"\n_status_notification_target = \"{target}\"\n\
         _urs_virtual_queue = \"VQ\""
    );
    let schedule = [1; 30].map(|second| second.to_string()).join(", ");
    format!(
        "{}[notifier]\nallow = [\"127.0.0.1\"]\nschedule = [{schedule}]\n",
        sales(&options, 60)
    )
}

#[tokio::test]
async fn each_callback_is_told_completely_and_in_order() {
    let Some(services) = Services::start("notifications::order") else {
        return;
    };
    let receiver = receiver().await;
    let mut workers = Workers::start(&services, &config(&receiver.url), "speed=50").await;
    let file = services.folder().join("ringback.toml");
    let more = services.worker("notifier", file.to_str().unwrap(), &[]);
    let second = tempfile::tempdir().unwrap();
    let mut other = Process::start(second.path(), &more);
    let mut ids = Vec::new();
    for number in 0..CALLBACKS {
        ids.push(
            workers
                .client
                .start(
                    "now",
                    json!({"_customer_number": format!("+1650{number:05}99")}),
                )
                .await,
        );
    }
    for (turn, enough) in KILLS.into_iter().enumerate() {
        until("more deliveries", LIMIT, || async {
            (receiver.good() >= enough).then_some(())
        })
        .await;
        let notifier = if turn % 2 == 0 {
            &mut workers.notifier
        } else {
            &mut other
        };
        notifier.kill_and_restart();
    }
    let all = until("every exit", LIMIT, || async {
        (receiver.exits() >= CALLBACKS).then_some(())
    });
    if tokio::time::timeout(LIMIT - Duration::from_secs(5), all)
        .await
        .is_err()
    {
        for id in &ids {
            let told = receiver.of(id);
            if !told
                .iter()
                .any(|told| told.message["event_id"] == "_cbe_on_service_exit")
            {
                let timeline = workers.client.timeline(id).await;
                panic!("{id} was told {} notifications: {timeline:#}", told.len());
            }
        }
    }
    check(&receiver, &ids);
}

/// All are there, each for the first time after the one before it, and hardly any twice.
fn check(receiver: &Receiver, ids: &[String]) {
    let mut told = BTreeMap::<String, Vec<u64>>::new();
    for delivery in receiver
        .all()
        .into_iter()
        .filter(|it| it.answered.is_success())
    {
        let id = delivery.message["_service_id"].as_str().unwrap().to_owned();
        told.entry(id).or_default().push(delivery.sequence);
    }
    let (mut deliveries, mut doubled) = (0, 0);
    for id in ids {
        let mut seen = BTreeSet::new();
        let sequences = &told[id];
        let first: Vec<u64> = sequences
            .iter()
            .copied()
            .filter(|it| seen.insert(*it))
            .collect();
        assert_eq!(
            first,
            (1..=first.len() as u64).collect::<Vec<_>>(),
            "{id}: {sequences:?}"
        );
        deliveries += first.len();
        doubled += sequences.len() - first.len();
    }
    eprintln!("{deliveries} notifications, {doubled} came twice");
    assert!(
        doubled * 100 < deliveries,
        "{doubled} of {deliveries} came twice"
    );
}
