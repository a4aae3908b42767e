//! Many who want the same places, over a real broker and store, with two doors.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use ringback_core::time::Timestamp;
use ringback_ports::clock::Clock;
use serde_json::{Value, json};

use super::left;
use crate::harness::{Client, FREELY, Process, Services, Workers, free_port, until};
use crate::intake::ivr;

const PLACES: u64 = 10;
/// A place that its holder has not confirmed is held for a minute.
const LIMIT: Duration = Duration::from_secs(120);
const CONFIG: &str = "[services.now]\ntemplate = \"User Terminated Immediate\"\n_target = \"Nobody@Stat.GA\"\n\
                      _max_request_by_time_bucket = 10\n";

/// Two ingests on the same services.
struct Doors {
    workers: Workers,
    other: Process,
    clients: [Client; 2],
}

impl Doors {
    async fn open(services: &Services) -> Self {
        let workers =
            Workers::start(services, &(CONFIG.to_owned() + FREELY), "speed=20&talk=1").await;
        let config = services.folder().join("ringback.toml");
        let listen = free_port();
        let api = listen.to_string();
        let arguments = services.worker("ingest", config.to_str().unwrap(), &["--listen", &api]);
        let other = Process::start(services.folder(), &arguments);
        let clients = [workers.client.clone(), Client::new(listen)];
        clients[1].until_ready().await;
        Self {
            workers,
            other,
            clients,
        }
    }

    fn kill(&mut self, number: usize) {
        match number % 2 {
            0 => self.workers.ingest.kill_and_restart(),
            _ => self.other.kill_and_restart(),
        }
    }
}

/// The start of a slot, tomorrow.
fn slot(number: usize) -> String {
    let bucket = 300_000;
    let tomorrow = (Clock::system().now().as_millis() / 86_400_000 + 1) * 86_400_000;
    let number = i64::try_from(number).unwrap();
    Timestamp::from_millis(tomorrow + (144 + number) * bucket).to_string()
}

fn request(desired: &str) -> Value {
    json!({"_customer_number": "5115", "_desired_time": desired})
}

/// How many callbacks are scheduled for each time.
async fn scheduled(client: &Client) -> BTreeMap<String, u64> {
    let path = "/v1/callbacks:export?service=now&state=SCHEDULED&format=ndjson";
    let (status, rows) = client.get_text(path).await;
    assert_eq!(status, 200, "{rows}");
    let mut times = BTreeMap::new();
    for row in rows.lines() {
        let row: Value = serde_json::from_str(row).unwrap();
        let time = row["_desired_time"].as_str().unwrap().to_owned();
        *times.entry(time).or_default() += 1;
    }
    times
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_at_two_doors_get_ten_places() {
    let Some(services) = Services::start("booking") else {
        return;
    };
    let doors = Doors::open(&services).await;
    let (noon, later) = (slot(0), slot(1));
    let path = "/genesys/1/service/callback/now";
    let body = request(&noon);
    let starts = (0..64).map(|n| doors.clients[n % 2].post(path, &body));
    let answers = join_all(starts).await;
    let ids: BTreeSet<_> = answers
        .iter()
        .filter_map(|(_, answer)| answer["_id"].as_str())
        .collect();
    assert_eq!(ids.len() as u64, PLACES, "{answers:?}");
    for (status, answer) in answers.iter().filter(|(_, answer)| answer["_id"].is_null()) {
        assert_eq!(
            (*status, &answer["exception"]),
            (400, &json!("CallbackExceptionAvailability"))
        );
        assert_eq!(
            answer["availability"].as_object().unwrap().len(),
            10,
            "{answer}"
        );
    }
    for client in &doors.clients {
        assert_eq!(left(client, "now", &noon).await, 0);
    }
    assert_eq!(
        scheduled(&doors.clients[0]).await,
        BTreeMap::from([(noon.clone(), PLACES)])
    );
    // The door of the broker is no other.
    let id = doors.clients[0].start("now", request(&later)).await;
    let moved = json!({"_id": id, "_new_desired_time": noon}).to_string();
    let said = ivr(
        &services.amqp,
        &[
            ("start", "now.start", &body.to_string()),
            ("move", "now.reschedule", &moved),
        ],
    );
    for request in ["start", "move"] {
        let answer = &said["answers"][request];
        assert_eq!(
            answer["exception"], "CallbackExceptionAvailability",
            "{answer}"
        );
        assert_eq!(answer["availability"][&later], 9, "{answer}");
    }
    let reason = &said["dead"][0]["headers"]["x-reason"];
    assert_eq!(reason, "not-available", "{said}");
}

/// Both doors are broken in again and again while callbacks begin, move and are called off.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_ingest_has_taken_is_free_again() {
    const SLOTS: usize = 24;
    const KILLS: usize = 12;
    let Some(services) = Services::start("booking crash") else {
        return;
    };
    let mut doors = Doors::open(&services).await;
    let (over, asked) = (Arc::<AtomicBool>::default(), Arc::<AtomicUsize>::default());
    let storm = (0..32).map(|n| {
        let (client, over, asked) = (doors.clients[n % 2].clone(), over.clone(), asked.clone());
        tokio::spawn(async move {
            for round in 0.. {
                if over.load(Ordering::SeqCst) {
                    return;
                }
                live(&client, n, round, SLOTS).await;
                asked.fetch_add(1, Ordering::SeqCst);
            }
        })
    });
    let storm: Vec<_> = storm.collect();
    for number in 0..KILLS {
        let enough = asked.load(Ordering::SeqCst) + 60;
        until("more requests", LIMIT, || async {
            (asked.load(Ordering::SeqCst) >= enough).then_some(())
        })
        .await;
        doors.kill(number);
        doors.clients[number % 2].until_ready().await;
    }
    over.store(true, Ordering::SeqCst);
    join_all(storm).await;
    let client = &doors.clients[0];
    let orphans = AtomicUsize::new(0);
    for number in 0..SLOTS {
        let time = slot(number);
        until(&format!("the places of {time}"), LIMIT, || async {
            let exist = scheduled(client).await.get(&time).copied().unwrap_or(0);
            let taken = PLACES - left(client, "now", &time).await;
            assert!(exist <= taken, "{exist} callbacks in {taken} places");
            orphans.fetch_max(usize::try_from(taken - exist).unwrap(), Ordering::SeqCst);
            (taken == exist).then_some(())
        })
        .await;
    }
    eprintln!(
        "{} requests, at most {orphans:?} places of a slot were nobody's",
        asked.load(Ordering::SeqCst)
    );
}

/// One callback begins, and may move or be called off. What is not answered may have happened or not.
async fn live(client: &Client, task: usize, round: usize, slots: usize) {
    let key = format!("{task}-{round}");
    let at = |n: usize| slot((task * 7 + round * 5 + n) % slots);
    let Some(id) = client.try_start("now", &request(&at(0)), &key).await else {
        return;
    };
    let path = format!("/genesys/1/service/callback/now/{id}");
    client
        .try_put(&path, &json!({"_new_desired_time": at(1)}))
        .await;
    if !round.is_multiple_of(4) {
        client.try_delete(&path).await;
    }
}
