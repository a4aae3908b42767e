//! Every worker killed, dialers and schedulers stopped for longer than their leases, the broker killed and restarted, connections to the store cut, while callbacks run: each
//! accepted callback ends exactly once, no attempt is dialed twice, every event arrives, in order.
//!
//! The order of the blows comes from a seed, which is printed; `RINGBACK_TEST_SEED` repeats it. What is not repeated is
//! the moment within a callback's life that a blow meets. The phone network outlives the dialers and counts every dial.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::Method;
use ringback_adapters::simulator::client::SimulatorClient;
use ringback_core::access::Arrival;
use ringback_core::call::CallId;
use ringback_core::callback::LEASE;
use ringback_core::event::EventName;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::harness::{Client, FREELY, Process, Receiver, Services, Workers, ready_agents, until};

const CALLBACKS: usize = 200;
/// How long the requests are spread over.
const SPREAD: Duration = Duration::from_secs(60);
/// How long the last callback may take after the last blow.
const LIMIT: Duration = Duration::from_secs(150);

/// How many agents there are: enough that customers are served in time while those of dead and stopped dialers are held.
const AGENTS: usize = 36;
/// More calls of agents than there are for one callback.
const SUMMONS: u32 = 8;
/// The number that customers call.
const ACCESS_NUMBER: &str = "8005550101";

#[derive(Clone, Copy, Debug)]
enum Blow {
    Ingest,
    Scheduler,
    Dialer,
    Notifier,
    /// Stopped for longer than its lease, while another does its work; then both go on.
    FrozenDialer,
    FrozenScheduler,
    Broker,
    StoreConnections,
}

const BLOWS: [Blow; 8] = [
    Blow::Ingest,
    Blow::Scheduler,
    Blow::Dialer,
    Blow::Notifier,
    Blow::FrozenDialer,
    Blow::FrozenScheduler,
    Blow::Broker,
    Blow::StoreConnections,
];

#[tokio::test]
async fn nothing_is_lost_or_done_twice() {
    let Some(services) = Services::start("crash") else {
        return;
    };
    let seed = seed();
    eprintln!("seed {seed} (RINGBACK_TEST_SEED repeats it)");
    let receiver = Receiver::start().await;
    let mut workers = Workers::start(&services, &config(&receiver.url), "speed=10&talk=10").await;
    let accepted = Arc::<AtomicUsize>::default();
    let network = format!("sim://{}", workers.phone_address);
    let phone = SimulatorClient::connect(&network).await.unwrap();
    let starting = start_all(workers.client.clone(), phone.clone(), accepted.clone());
    let started = tokio::spawn(starting);
    let chatting = tokio::spawn(agents_chat(workers.client.clone()));
    let blows = shuffled(seed);
    let mut thaws = Vec::new();
    for (number, blow) in blows.iter().copied().enumerate() {
        let enough = (number + 1) * CALLBACKS / (blows.len() + 1);
        until("more callbacks", LIMIT, || async {
            (accepted.load(Ordering::SeqCst) >= enough).then_some(())
        })
        .await;
        eprintln!("{blow:?} after {enough} callbacks");
        thaws.extend(strike(blow, &services, &mut workers));
        workers.client.until_ready().await;
    }
    let ids = started.await.unwrap();
    // Whoever was stopped goes on, and works until the end.
    let mut thawed = Vec::new();
    for thaw in thaws {
        thawed.push(thaw.await.unwrap());
    }
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), CALLBACKS);
    let mut attempts = 0;
    for id in &ids {
        let timeline = workers.client.until_over(id, LIMIT).await;
        check_timeline(id, &timeline);
        let told = receiver.until_exit(id, LIMIT).await;
        let sequences: Vec<u64> = told.iter().map(|told| told.sequence).collect();
        check_order(id, &sequences, told_by_default(&timeline));
        attempts += check_calls(&phone, id, &timeline).await;
    }
    chatting.abort();
    let tally = phone.tally().await.unwrap();
    assert_eq!(tally.dialed_twice, 0);
    assert!(
        tally.dials <= attempts,
        "{} dials for {attempts} attempts",
        tally.dials
    );
    eprintln!("{attempts} attempts, {} dials", tally.dials);
}

fn strike(blow: Blow, services: &Services, workers: &mut Workers) -> Option<JoinHandle<Process>> {
    match blow {
        Blow::FrozenDialer => return Some(freeze(&mut workers.dialer)),
        Blow::FrozenScheduler => return Some(freeze(&mut workers.scheduler)),
        Blow::Ingest => workers.ingest.kill_and_restart(),
        Blow::Scheduler => workers.scheduler.kill_and_restart(),
        Blow::Dialer => workers.dialer.kill_and_restart(),
        Blow::Notifier => workers.notifier.kill_and_restart(),
        Blow::Broker => services.restart_broker(),
        Blow::StoreConnections => services.cut_store_connections(),
    }
    None
}

/// Stops a process for longer than any lease; another takes its place. It goes on in the middle of what it was doing.
fn freeze(process: &mut Process) -> JoinHandle<Process> {
    let successor = process.beside();
    let frozen = std::mem::replace(process, successor);
    frozen.freeze();
    tokio::spawn(async move {
        tokio::time::sleep(LEASE * 2).await;
        frozen.thaw();
        frozen
    })
}

/// Requests come evenly; one that gets no answer is repeated under its key until it does.
async fn start_all(
    client: Client,
    phone: SimulatorClient,
    accepted: Arc<AtomicUsize>,
) -> Vec<String> {
    let mut ids = Vec::new();
    let mut pace = tokio::time::interval(SPREAD / u32::try_from(CALLBACKS).unwrap());
    for number in 0..CALLBACKS {
        pace.tick().await;
        let answer = start(&client, number).await;
        ids.push(answer["_id"].as_str().unwrap().to_owned());
        match service(number) {
            "in" => call_in(&phone, number).await,
            "chat" => chat(&client, &answer).await,
            _ => {}
        }
        accepted.fetch_add(1, Ordering::SeqCst);
    }
    ids
}

/// Dialed at once, when an agent is free, after the agent; or the customer calls, or chats.
const fn service(number: usize) -> &'static str {
    ["now", "delayed", "first", "in", "chat"][number % 5]
}

/// Of ten customers of a service one is busy, one does not answer, one has a machine; the others answer.
fn customer(number: usize) -> String {
    let ending = ["01", "99", "02", "97", "03", "96", "95", "94", "93", "92"][number / 5 % 10];
    format!("+1555{number:05}{ending}")
}

/// The network outlives the dialers, and keeps the call for whoever of them is there.
async fn call_in(phone: &SimulatorClient, number: usize) {
    let call = CallId::from_wire(format!("in-{number}"));
    let arrival = Arrival {
        to: ACCESS_NUMBER.parse().unwrap(),
        from: Some(customer(number).parse().unwrap()),
        code: None,
    };
    phone.call_in(&call, arrival).await.unwrap();
}

/// A customer opens the chat; who gets no answer tries again.
async fn chat(client: &Client, answer: &Value) {
    let link = answer["_start_chat_url"].as_str().unwrap();
    until("the chat", LIMIT, || async {
        let (status, _) = client
            .try_ask(Method::POST, &format!("{link}/join"))
            .await?;
        (status == 204).then_some(())
    })
    .await;
}

/// Agents come into chats that they are asked for, and end them when they look again.
async fn agents_chat(client: Client) {
    let mut pace = tokio::time::interval(Duration::from_millis(33));
    for agent in (0..AGENTS).cycle() {
        pace.tick().await;
        let agent = format!("/v1/agents/a{agent}");
        let Some((200, known)) = client.try_ask(Method::GET, &agent).await else {
            continue;
        };
        let chat = &known["chat"];
        if let (Some(id), Some(joined)) = (chat["callback"].as_str(), chat["joined"].as_bool()) {
            let what = if joined { "leave" } else { "join" };
            let path = format!("{agent}/chats/{id}/{what}");
            client.try_ask(Method::POST, &path).await;
        }
    }
}

async fn start(client: &Client, number: usize) -> Value {
    let service = service(number);
    let body = json!({ "_customer_number": customer(number) });
    let key = format!("request-{number}");
    until(&format!("an answer to {key}"), LIMIT, || {
        client.try_start_answered(service, &body, &key)
    })
    .await
}

fn check_timeline(id: &str, timeline: &Value) {
    let events = timeline["events"].as_array().unwrap();
    let exits = events
        .iter()
        .filter(|event| event["event_id"] == "_cbe_on_service_exit")
        .count();
    assert_eq!(exits, 1, "{id}: {timeline}");
    assert_eq!(
        events.last().unwrap()["event_id"],
        "_cbe_on_service_exit",
        "{id}"
    );
    let dialed = events
        .iter()
        .filter(|event| event["event_id"] == "_cbe_on_dial_init")
        .count();
    assert_eq!(
        dialed as u64,
        timeline["attempts"].as_u64().unwrap(),
        "{id}: {timeline}"
    );
    let service = timeline["record"]["_service_name"].as_str().unwrap();
    if ["in", "chat"].contains(&service) {
        let reason = &timeline["record"]["_callback_reason"];
        assert_eq!(
            reason, "AGENT_CONNECTED",
            "{id}: its customer has come: {timeline:#}"
        );
    }
}

/// No call of it was dialed twice, nor its customer rung more often than it was tried; how often that was.
async fn check_calls(phone: &SimulatorClient, id: &str, timeline: &Value) -> u64 {
    let tried = timeline["attempts"].as_u64().unwrap();
    for call in 1..=u32::try_from(tried).unwrap() + SUMMONS {
        let dialed = phone.dialed(&CallId::of_attempt(id, call)).await.unwrap();
        assert!(dialed.orders <= 1, "call {call} of {id}: {dialed:?}");
    }
    // The network counts by number as well: each callback has its own.
    let number = timeline["record"]["_customer_number"].as_str().unwrap();
    let rung = phone.dialed_number(&number.parse().unwrap()).await.unwrap();
    assert!(rung <= tried, "{id}: rung {rung} times in {tried} attempts");
    tried
}

/// How many of its events a subscriber who named none is told.
fn told_by_default(timeline: &Value) -> usize {
    let events = timeline["events"].as_array().unwrap().iter();
    let name = |event: &Value| EventName::find(event["event_id"].as_str().unwrap()).unwrap();
    events
        .filter(|event| name(event).is_in_default_set())
        .count()
}

/// All are there, and each came for the first time after the one before it.
fn check_order(id: &str, sequences: &[u64], count: usize) {
    let mut seen = BTreeSet::new();
    let first: Vec<u64> = sequences
        .iter()
        .copied()
        .filter(|sequence| seen.insert(*sequence))
        .collect();
    let expected: Vec<u64> = (1..=count as u64).collect();
    assert_eq!(first, expected, "{id}: {sequences:?}");
}

fn config(target: &str) -> String {
    let service = |name: &str, template: &str| {
        format!(
            "[services.{name}]\n{FREELY}template = \"{template}\"\n_target = \"Sales@Stat.GA\"\n\
             _urs_virtual_queue = \"VQ_{name}\"\n_request_execution_time_buffer = 0\n_max_dial_attempts = 2\n_dial_retry_timeout = 2\n\
             _enable_status_notification = \"subscribe_notify\"\n_status_notification_target = \"{target}\"\n"
        )
    };
    let agents = ready_agents(AGENTS);
    let now = service("now", "User Terminated Immediate");
    let now = format!("{now}_treatment_call_failure_answering_machine = \"message.wav\"\n");
    let delayed = service("delayed", "User Terminated Delayed");
    let first = service("first", "User Terminated Delayed");
    let first = format!("{first}_userterminated_first_connect_party = \"AGENT\"\n");
    let calls_in = service("in", "User Originated Immediate");
    let chat = service("chat", "Chat Immediate");
    let numbers = format!("[resource_groups.DNIS]\nnumbers = \"{ACCESS_NUMBER}\"\n");
    let notifier = "[notifier]\nallow = [\"127.0.0.1\"]\n";
    format!("{now}{delayed}{first}{calls_in}{chat}{numbers}{agents}{notifier}")
}

#[expect(
    clippy::disallowed_methods,
    reason = "a seed is repeated by naming it in the environment"
)]
fn seed() -> u64 {
    let named = std::env::var("RINGBACK_TEST_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok());
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
    named.unwrap_or(now.as_millis() as u64)
}

/// Every blow twice, in an order of the seed's (splitmix64 and Fisher-Yates).
fn shuffled(mut seed: u64) -> Vec<Blow> {
    let mut blows = [BLOWS, BLOWS].concat();
    for last in (1..blows.len()).rev() {
        seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let place = usize::try_from((mixed ^ (mixed >> 31)) % (last as u64 + 1)).unwrap();
        blows.swap(last, place);
    }
    blows
}
