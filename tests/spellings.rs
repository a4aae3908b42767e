//! One person under three spellings is one customer, at every door.

use reqwest::Method;
use ringback_core::ids::ServiceName;
use ringback_ports::desk::{Channel, Desk, Start};
use ringback_workers::ingest::FrontDesk;
use serde_json::{Value, json};

use crate::harness::{Up, rooms};

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
