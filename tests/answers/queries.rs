//! Queries and lists.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::Up;

const CONFIG: &str = r#"
[services.desk]
template = "User Terminated Delayed"
_target = "Nobody@Stat.GA"
_urs_virtual_queue = "VQ_Desk"
_max_queued_callbacks_per_service = 100000
_throttle_callbacks_per_service_1 = 0
_throttle_callbacks_per_service_2 = 0
_customer_lookup_keys = "_customer_number,account"
[services.shop]
template = "User Terminated Delayed"
_target = "Nobody@Stat.GA"
_urs_virtual_queue = "VQ_Shop"
[agents.one]
groups = ["Sales"]
dn = "7001"
[callback]
filter-keys = ["region"]
returned-keys = "_request_time_bucket, _vq, region"
"#;

const ALL: &str = "/genesys/1/service/callback";
const DESK: &str = "/genesys/1/service/callback/desk";
const QUEUES: &str = "/genesys/1/admin/callback/queues";

async fn ids(up: &Up, path: &str) -> Vec<String> {
    let (status, found) = up.client.get(path).await;
    assert_eq!(status, 200, "{path}: {found}");
    let found = found.as_array().unwrap().iter();
    let id = |record: &Value| record["_id"].as_str().unwrap().to_owned();
    found.map(id).collect()
}

#[tokio::test]
async fn unknown_and_unsearchable_filters_are_400_by_name() {
    let up = Up::start(CONFIG, "").await;
    for (path, says) in [
        (
            format!("{DESK}?_callback_sate=QUEUED"),
            &["'_callback_sate'", "_callback_state"][..],
        ),
        (
            format!("{DESK}?_callback_state=NOPE"),
            &["_callback_state", "'NOPE'", "SCHEDULED"],
        ),
        (
            format!("{DESK}?_callback_state=!NOPE"),
            &["_callback_state", "'!NOPE'"],
        ),
        (
            format!("{DESK}?_callback_reason=BORED"),
            &["_callback_reason", "'BORED'", "CANCELLED"],
        ),
        (format!("{DESK}?note=x"), &["'note'", "account"]),
        (format!("{ALL}?note=x&account=7"), &["'note'", "account"]),
        (format!("{ALL}?account=7&note=x"), &["'note'", "account"]),
        (
            format!("{ALL}?_callback_state=QUEUED"),
            &["_callback_state", "_customer_number"],
        ),
        (format!("{ALL}?_customer_number=abc"), &["_customer_number"]),
        (ALL.to_owned(), &["_customer_number"]),
        (format!("{QUEUES}?note=x"), &["'note'", "account", "region"]),
        (
            format!("{QUEUES}?_callback_state=NOPE"),
            &["_callback_state", "'NOPE'"],
        ),
    ] {
        let (status, answer) = up.client.get(&path).await;
        let message = answer["message"].as_str().unwrap_or_default();
        assert_eq!(status, 400, "{path}: {answer}");
        assert!(
            says.iter().all(|part| message.contains(part)),
            "{path}: {message}"
        );
    }
    let (status, answer) = up.client.get(&format!("{ALL}?_service_name=nosuch")).await;
    assert_eq!(status, 404, "{answer}");
}

#[tokio::test]
async fn unknown_states_and_columns_are_errors_on_the_command_line() {
    let up = Up::start(CONFIG, "").await;
    let (worked, said) = up.say(&["callback", "list", "desk", "--state", "NOPE"]);
    assert!(
        !worked && said.contains("'NOPE'") && said.contains("SCHEDULED"),
        "{said}"
    );
    up.client
        .start("desk", json!({"_customer_number": "5115", "note": "x"}))
        .await;
    let (worked, said) = up.say(&["callback", "export", "--columns", "_id,nope"]);
    assert!(
        !worked && said.contains("'nope'") && said.contains("_callback_state"),
        "{said}"
    );
    let (worked, said) = up.say(&["callback", "export", "--columns", "note,_service_id"]);
    assert!(worked && said.contains("x,"), "{said}");
    let asked = ["report", "records", "--columns", "_CB_SERVICE_ID,nope"];
    let (worked, said) = up.say(&asked);
    assert!(!worked && said.contains("'nope'"), "{said}");
}

#[tokio::test]
async fn every_key_of_a_record_finds_it_under_a_service_and_by_queue() {
    let up = Up::start(CONFIG, "").await;
    let number = json!({"_customer_number": "5115", "account": "7", "region": "EU"});
    let one = up.client.start("desk", number).await;
    let other = up
        .client
        .start("shop", json!({"_customer_number": "5115"}))
        .await;
    up.client.delete(&format!("{ALL}/shop/{other}")).await;
    for (path, expected) in [
        (format!("{DESK}?_id={one}"), vec![&one]),
        (format!("{DESK}?_id={other}"), vec![]),
        (
            format!("{DESK}?_id={one}&_callback_state=COMPLETED"),
            vec![],
        ),
        (format!("{DESK}?_phone_number=5115"), vec![&one]),
        (format!("{DESK}?_vq=VQ_Desk"), vec![&one]),
        (format!("{DESK}?_vq=VQ_Shop"), vec![]),
        (format!("{ALL}?_service_name=shop"), vec![&other]),
        (
            format!("{ALL}?_service_name=shop&_callback_reason=CANCELLED"),
            vec![&other],
        ),
        (
            format!("{ALL}?_callback_reason=CANCELLED&_customer_number=5115"),
            vec![&other],
        ),
        (
            format!("{ALL}?_callback_state=QUEUED&account=7"),
            vec![&one],
        ),
        (
            format!("{ALL}?_callback_state=QUEUED&_customer_number=5115"),
            vec![&one],
        ),
    ] {
        let expected: Vec<_> = expected.into_iter().cloned().collect();
        assert_eq!(ids(&up, &path).await, expected, "{path}");
    }
}

#[tokio::test]
async fn callbacks_of_queues_are_found_by_filter_keys_and_shown_with_returned_keys() {
    let up = Up::start(CONFIG, "").await;
    let number = json!({"_customer_number": "5115", "account": "7", "region": "EU"});
    let one = up.client.start("desk", number).await;
    let other = up
        .client
        .start("shop", json!({"_customer_number": "5115"}))
        .await;
    up.client.delete(&format!("{ALL}/shop/{other}")).await;
    for (filter, desk, shop) in [
        ("_callback_state=QUEUED", 1, 0),
        ("_callback_state=!QUEUED", 0, 1),
        ("_callback_reason=CANCELLED", 0, 1),
        ("_vq=VQ_Shop", 0, 1),
        ("region=EU", 1, 0),
        ("_request_ewt_service=", 1, 1),
        ("_request_queue_time_stat=x", 0, 0),
    ] {
        let (status, found) = up.client.get(&format!("{QUEUES}?{filter}")).await;
        assert_eq!(status, 200, "{filter}: {found}");
        let count = |service: &str| found[service].as_array().unwrap().len();
        assert_eq!((count("desk"), count("shop")), (desk, shop), "{filter}");
    }
    let (_, found) = up.client.get(&format!("{DESK}?_id={one}")).await;
    let record = &found[0];
    let shown = (
        &record["_vq"],
        &record["_request_time_bucket"],
        &record["region"],
    );
    assert_eq!(
        shown,
        (&json!("VQ_Desk"), &json!("5"), &json!("EU")),
        "{record}"
    );
}

/// The callback that is looked for is the newest of more than one query returns.
#[tokio::test]
async fn a_query_filters_before_it_cuts_and_says_when_it_cuts() {
    let up = Up::start(CONFIG, "").await;
    for n in 0..205_u32 {
        up.client
            .start("desk", json!({"_customer_number": format!("{}", 2000 + n)}))
            .await;
    }
    let last = up
        .client
        .start("desk", json!({"_customer_number": "5115"}))
        .await;
    up.client.delete(&format!("{DESK}/{last}")).await;
    let over = ids(&up, &format!("{DESK}?_callback_state=COMPLETED")).await;
    assert_eq!(over, [last.as_str()]);
    let path = format!("{DESK}?_callback_state=QUEUED");
    let (status, headers, found) = up.client.exchange(Method::GET, &path, &[], "").await;
    assert_eq!((status, found.as_array().unwrap().len()), (200, 200));
    let cut = headers["ringback-truncated"].to_str().unwrap();
    assert!(cut.contains("200 of 205"), "{cut}");
    let (worked, said) = up.say(&["callback", "list", "desk", "--state", "QUEUED"]);
    assert!(worked && said.contains("200 of 205"), "{said}");
    let path = format!("{QUEUES}?target=desk&max=7");
    let (_, headers, found) = up.client.exchange(Method::GET, &path, &[], "").await;
    assert_eq!(found["desk"].as_array().unwrap().len(), 7);
    assert!(
        headers["ringback-truncated"]
            .to_str()
            .unwrap()
            .contains("desk")
    );
}

#[tokio::test]
async fn a_snoozed_callback_tells_when_it_is_due() {
    let up = Up::start(CONFIG, "").await;
    let id = up
        .client
        .start("desk", json!({"_customer_number": "5115"}))
        .await;
    assert_eq!(up.client.timeline(&id).await.get("due"), None);
    let (status, answer) = up
        .client
        .post(&format!("/genesys/1/service/{id}/snooze"), &json!({}))
        .await;
    assert_eq!(status, 200, "{answer}");
    let timeline = up.client.timeline(&id).await;
    let due = timeline["due"].as_str().unwrap();
    let waits = timeline["waits_for"].as_str().unwrap();
    assert!(waits.contains(due), "{timeline}");
    let (worked, said) = up.say(&["callback", "show", &id]);
    assert!(worked && said.contains(due), "{said}");
}
