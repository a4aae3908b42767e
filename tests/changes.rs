//! What callers change of callbacks that exist: over HTTP, and from the command line.

mod refused;

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Up, after, ready_agents, until};

const LIMIT: Duration = Duration::from_secs(40);
const HOUR: Duration = Duration::from_secs(3600);

const CONFIG: &str = r#"
[services.desk]
template = "User Terminated Delayed"
_target = "Nobody@Stat.GA"
_reject_past_desired_time = true
_request_execution_time_buffer = 0
_customer_lookup_keys = "_customer_number,account"

[services.talk]
template = "User Terminated Immediate"
_target = "Sales@Stat.GA"
_retain_session_until_ixn_deleted = true
"#;

async fn open() -> Up {
    let config = CONFIG.to_owned() + &ready_agents(1);
    Up::start(&config, "speed=20&talk=600").await
}

/// A callback for an hour from now, of account 4711.
async fn scheduled(up: &Up) -> String {
    let body = json!({
        "_customer_number": "5550199", "_desired_time": after(HOUR).to_string(), "account": "4711", "name": "Alice",
    });
    up.client.start("desk", body).await
}

async fn change(up: &Up, id: &str, body: &Value) -> (u16, Value) {
    let path = format!("/genesys/1/service/callback/desk/{id}");
    up.client.put(&path, body).await
}

/// How many callbacks are found by an account.
async fn of_account(up: &Up, account: &str) -> usize {
    let path = format!("/genesys/1/service/callback?account={account}");
    let (status, found) = up.client.get(&path).await;
    assert_eq!(status, 200, "{found}");
    found.as_array().unwrap().len()
}

fn names(timeline: &Value) -> Vec<&str> {
    let events = timeline["events"].as_array().unwrap().iter();
    let names = events.map(|event| event["event_id"].as_str().unwrap());
    names
        .map(|name| name.trim_start_matches("_cbe_on_"))
        .collect()
}

#[tokio::test]
async fn a_callback_gets_another_time() {
    let up = open().await;
    let id = scheduled(&up).await;
    let later = after(2 * HOUR).to_string();
    for _ in 0..2 {
        let answer = change(&up, &id, &json!({ "_new_desired_time": later })).await;
        assert_eq!(answer, (200, json!({ "_id": id })), "repeating it is fine");
    }
    let timeline = up.client.timeline(&id).await;
    assert_eq!(timeline["record"]["_desired_time"], later.as_str());
    assert_eq!(
        names(&timeline),
        ["callback_scheduled", "callback_rescheduled"]
    );
    assert_eq!(timeline["events"][1]["_desired_time"], later.as_str());
    let soon = json!({ "_new_desired_time": after(Duration::from_millis(1500)).to_string() });
    let without_version = format!("/genesys/service/callback/desk/{id}");
    assert_eq!(up.client.put(&without_version, &soon).await.0, 200);
    let timeline = until("the new time", LIMIT, || async {
        let timeline = up.client.timeline(&id).await;
        (timeline["record"]["_callback_state"] == "QUEUED").then_some(timeline)
    })
    .await;
    let told = [
        "callback_rescheduled",
        "callback_submitted",
        "callback_queued",
        "service_create",
        "virtual_ixn_create",
    ];
    assert_eq!(names(&timeline)[2..], told);
    let (status, answer) = change(&up, &id, &json!({ "_new_desired_time": later })).await;
    assert_eq!(
        (status, &answer["exception"]),
        (409, &json!("CallbackExceptionConflict"))
    );
    assert!(
        answer["message"]
            .as_str()
            .unwrap()
            .contains("QUEUED after 0 attempts"),
        "{answer}"
    );
}

#[tokio::test]
async fn user_data_changes_and_is_found_by_its_new_values() {
    let up = open().await;
    let id = scheduled(&up).await;
    assert_eq!(
        (of_account(&up, "4711").await, of_account(&up, "4712").await),
        (1, 0)
    );
    let answer = change(
        &up,
        &id,
        &json!({"account": "4712", "name": "", "visits": 3}),
    )
    .await;
    assert_eq!(answer.0, 200, "{}", answer.1);
    assert_eq!(
        (of_account(&up, "4711").await, of_account(&up, "4712").await),
        (0, 1)
    );
    let timeline = up.client.timeline(&id).await;
    assert_eq!(
        timeline["user_data"],
        json!({"account": "4712", "visits": 3})
    );
    assert_eq!(timeline["record"]["account"], "4712");
    assert_eq!(names(&timeline), ["callback_scheduled"], "nobody is told");
    change(&up, &id, &json!({"account": ""})).await;
    assert_eq!(of_account(&up, "4712").await, 0);
}

#[tokio::test]
async fn a_callback_is_completed_unless_somebody_talks() {
    let up = open().await;
    let (id, over) = (
        scheduled(&up).await,
        json!({"_callback_state": "COMPLETED"}),
    );
    for _ in 0..2 {
        assert_eq!(change(&up, &id, &over).await.0, 200, "repeating it is fine");
    }
    let timeline = up.client.timeline(&id).await;
    assert_eq!(timeline["record"]["_callback_reason"], "CANCELLED");
    assert_eq!(
        names(&timeline),
        [
            "callback_scheduled",
            "callback_status_updated",
            "service_exit"
        ]
    );

    let talking = up
        .client
        .start("talk", json!({"_customer_number": "5550199"}))
        .await;
    until("the talk", LIMIT, || async {
        let timeline = up.client.timeline(&talking).await;
        (timeline["record"]["_callback_state"] == "PROCESSING").then_some(())
    })
    .await;
    let path = format!("/genesys/1/service/callback/talk/{talking}");
    let (status, answer) = up.client.put(&path, &over).await;
    assert_eq!(status, 409, "{answer}");
    assert!(
        answer["message"].as_str().unwrap().contains("PROCESSING"),
        "{answer}"
    );
    assert_eq!(
        up.client.put(&path, &json!({"note": "call again"})).await.0,
        200
    );
    let timeline = up.client.timeline(&talking).await;
    assert_eq!(timeline["user_data"], json!({"note": "call again"}));
    assert_eq!(timeline["record"]["_callback_state"], "PROCESSING");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_changes_callbacks() {
    let up = open().await;
    let id = scheduled(&up).await;
    let later = after(2 * HOUR).to_string();
    let say = |arguments: &[&str]| up.say(&[&["callback"], arguments].concat());
    let (worked, said) = say(&["reschedule", "desk", &id, "--at", &later]);
    let moved = format!("{id} is rescheduled to ");
    assert!(worked && said.starts_with(&moved), "{said}");
    let (worked, said) = say(&["update", "desk", &id, "account=4712", "name="]);
    assert!(worked, "{said}");
    let timeline = up.client.timeline(&id).await;
    assert_eq!(timeline["record"]["_desired_time"], later.as_str());
    assert_eq!(timeline["user_data"], json!({"account": "4712"}));
    for (arguments, part) in [
        (
            ["reschedule", "desk", &id, "--at", "soon"].as_slice(),
            "'soon'",
        ),
        (&["update", "desk", &id, "_ttl=1"], "'_ttl'"),
        (
            &["update", "desk", &id, "account"],
            "'account' is not KEY=VALUE",
        ),
        (&["update", "desk", &id], "KEY=VALUE"),
    ] {
        let (worked, said) = say(arguments);
        assert!(!worked && said.contains(part), "{arguments:?}: {said}");
    }
}
