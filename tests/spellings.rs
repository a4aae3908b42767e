//! One person under three spellings is one customer, at every door.

use std::time::Duration;

use reqwest::Method;
use ringback_core::ids::ServiceName;
use ringback_ports::bus::{Address, Bus, Message};
use ringback_ports::desk::{Channel, Desk, Start};
use ringback_ports::store::Store;
use ringback_workers::ingest::{self, FrontDesk};
use serde_json::{Value, json};

use crate::harness::{Up, rooms, until};

const LIMIT: Duration = Duration::from_secs(20);

const SPELLINGS: [&str; 4] = [
    "+16502530000",
    "16502530000",
    "650-253-0000",
    "+1 (650) 253-0000",
];

const CONFIG: &str = r#"
[services.desk]
template = "User Terminated Delayed"
_target = "Nobody@Stat.GA"
_enable_in_queue_checking = "strict"
"#;

fn number(number: &str) -> Value {
    json!({ "_customer_number": number })
}

#[tokio::test]
async fn one_person_under_three_spellings_is_one_customer_for_forms_files_queries_and_erasure() {
    let up = Up::start(CONFIG, "").await;
    let client = &up.client;
    client.start("desk", number(SPELLINGS[2])).await;
    for other in SPELLINGS {
        let path = "/genesys/1/service/callback/desk";
        assert_eq!(client.post(path, &number(other)).await.0, 409, "{other}");
        // As a form that does not encode its '+'.
        let form = [("content-type", "application/x-www-form-urlencoded")];
        let body = format!("_customer_number={}", other.replace(' ', "%20"));
        let (status, _, answer) = client.exchange(Method::POST, path, &form, body).await;
        assert_eq!(status, 409, "{other}: {answer}");
    }
    let file = SPELLINGS.map(|it| number(it).to_string()).join("\n");
    let answers = client
        .post_lines(
            "/v1/callbacks:import?service=desk",
            "application/x-ndjson",
            file,
        )
        .await;
    assert!(
        answers.iter().all(|it| it["error"].is_string()),
        "{answers:?}"
    );
    for asked in [
        "%2B16502530000",
        "+16502530000",
        "6502530000",
        "650-253-0000",
    ] {
        let path = format!("/genesys/1/service/callback/desk?_customer_number={asked}");
        let (_, found) = client.get(&path).await;
        assert_eq!(
            found[0]["_customer_number"], SPELLINGS[2],
            "as it was sent: {found}"
        );
        let (_, page) = client.get(&format!("/v1/callbacks?number={asked}")).await;
        assert_eq!(page["callbacks"].as_array().unwrap().len(), 1, "{page}");
    }
    let erased = client.delete("/v1/customers/+1%20650%20253%200000").await;
    assert_eq!(erased, (200, json!({ "erased": 1 })));
}

#[tokio::test]
async fn an_idempotency_key_is_the_same_under_another_spelling() {
    let desk = FrontDesk::new(rooms(&[]));
    let start = |written: &str| Start {
        service: ServiceName::new("now"),
        parameters: number(written).as_object().unwrap().clone(),
        idempotency_key: Some("k".to_owned()),
        trace: None,
        channel: Channel::Http,
    };
    let first = desk.start(start(SPELLINGS[0])).await.unwrap();
    for other in SPELLINGS {
        let again = desk.start(start(other)).await.unwrap();
        assert_eq!((again.id, again.known), (first.id.clone(), true), "{other}");
    }
}

/// Those that one person sends over the queue, each under a name of its own.
#[tokio::test]
async fn one_person_under_three_spellings_is_one_customer_over_amqp() {
    let house = rooms(&[("_enable_in_queue_checking", "strict")]);
    let messages = SPELLINGS.iter().enumerate().map(|(n, written)| {
        let message = Message {
            body: number(written).to_string().into_bytes(),
            message_id: Some(format!("request-{n}")),
            ..Message::default()
        };
        (Address::Requests("now.start".to_owned()), message)
    });
    for published in house.bus.publish(messages.collect()).await {
        published.unwrap();
    }
    let ingest = tokio::spawn(ingest::run(house.clone()));
    until("the requests are read", LIMIT, || async {
        (house.counters.messages_handled.get() == SPELLINGS.len() as u64).then_some(())
    })
    .await;
    house.stop.cancel();
    ingest.await.unwrap();
    let index = ringback_core::callback::service_index("now");
    let found = house.store.range(&index, i64::MIN, 100).await.unwrap();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(house.counters.callbacks_accepted.get(), 1);
}

#[tokio::test]
async fn one_person_under_three_spellings_is_one_customer_on_the_command_line() {
    let up = Up::start(CONFIG, "").await;
    let start = |written| up.say(&["callback", "start", "desk", "--number", written]);
    let (started, id) = start(SPELLINGS[2]);
    assert!(started, "{id}");
    let id = id.lines().next().unwrap().trim();
    for other in SPELLINGS {
        let (started, said) = start(other);
        assert!(!started && said.contains("409"), "{other}: {said}");
        for asked in [
            &["callback", "export", "--number", other][..],
            &["customer", "show", other],
        ] {
            let (found, said) = up.say(asked);
            assert!(found && said.contains(id), "{asked:?}: {said}");
        }
    }
    let (erased, said) = up.say(&["customer", "erase", SPELLINGS[0], "--yes"]);
    assert!(erased && said.contains('1'), "{said}");
    let (_, said) = up.say(&["customer", "show", SPELLINGS[2]]);
    assert!(!said.contains(id), "{said}");
}

/// An IVR tells who calls, and what was called, as its own network writes it.
#[tokio::test]
async fn a_call_is_matched_however_its_numbers_are_written() {
    let config = "[services.in]\ntemplate = \"User Originated Immediate\"\n_target = \"Nobody@Stat.GA\"\n\
                  [resource_groups.DNIS]\nnumbers = [\"650-253-0001\"]\n";
    let up = Up::start(config, "").await;
    let id = up.client.start("in", number(SPELLINGS[2])).await;
    for from in SPELLINGS {
        for to in [
            "+16502530001",
            "16502530001",
            "6502530001",
            "+1 (650) 253-0001",
        ] {
            let asked = json!({ "_access_number": to, "_customer_number": from });
            let path = "/genesys/1/service/match-interaction";
            let (status, answer) = up.client.post(path, &asked).await;
            assert_eq!(
                (status, &answer["_id"]),
                (200, &json!(id)),
                "{asked}: {answer}"
            );
        }
    }
}
