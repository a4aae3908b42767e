//! `/genesys/1/admin/callback/…`

mod queues;

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::{CONFIG, day, ids, scheduled};
use crate::harness::{Up, sales, until};

const ADMIN: &str = "/genesys/1/admin/callback";

async fn report(up: &Up, body: &Value) -> (u16, String) {
    let path = format!("{ADMIN}/reportcancelled");
    let request = up.client.request(Method::POST, &path);
    let answer = request.json(body).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test]
async fn admin_cancel_answers_for_each_id() {
    let up = Up::start(CONFIG, "").await;
    let (one, other) = (
        scheduled(&up, "desk", "5115", 1).await,
        scheduled(&up, "shop", "5116", 1).await,
    );
    let body = json!({ "ids": [one, "00-nobody", other] });
    let (status, answer) = up.client.post(&format!("{ADMIN}/cancel"), &body).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(
        (&answer["cancelled"], &answer["failed"]),
        (&json!(2), &json!(1))
    );
    let codes: Vec<_> = answer["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["_id"].as_str().unwrap(), it["code"].as_u64().unwrap()))
        .collect();
    assert_eq!(codes, [(&*one, 200), ("00-nobody", 404), (&*other, 200)]);
    assert_eq!(
        answer["results"][1]["exception"],
        "CallbackExceptionNotFound"
    );
    for id in [&one, &other] {
        let record = &up.client.timeline(id).await["record"];
        assert_eq!(record["_callback_reason"], "CANCELLED_BY_ADMIN");
    }
    let again = json!({ "ids": [one], "reason": "CANCELLED" });
    let (_, answer) = up.client.post(&format!("{ADMIN}/cancel"), &again).await;
    assert_eq!(answer["cancelled"], 1, "a repeat is fine");
    let record = &up.client.timeline(&one).await["record"];
    assert_eq!(
        record["_callback_reason"], "CANCELLED_BY_ADMIN",
        "the first reason stays"
    );
}

#[tokio::test]
async fn admin_cancel_names_what_is_wrong() {
    let up = Up::start(CONFIG, "").await;
    let id = scheduled(&up, "desk", "5115", 1).await;
    for (body, says) in [
        (json!({ "ids": [] }), &["ids", "0", "1 to 1000"][..]),
        (
            json!({ "ids": vec!["x"; 1001] }),
            &["ids", "1001", "1 to 1000"],
        ),
        (
            json!({ "ids": [id], "reason": "BORED" }),
            &["reason", "'BORED'", "CANCELLED_BY_ADMIN", "CANCELLED"],
        ),
        (json!({ "reason": "CANCELLED" }), &["ids"]),
        (json!({ "ids": [id], "why": "x" }), &["why"]),
    ] {
        let (status, answer) = up.client.post(&format!("{ADMIN}/cancel"), &body).await;
        let message = answer["message"].as_str().unwrap();
        assert_eq!(status, 400, "{message}");
        assert!(says.iter().all(|part| message.contains(part)), "{message}");
    }
    assert_eq!(
        up.client.timeline(&id).await["record"]["_callback_state"],
        "SCHEDULED"
    );
}

/// Customer and agent talk: that one is refused, the others are not.
#[tokio::test]
async fn admin_cancel_leaves_a_conversation_alone() {
    let up = Up::start(
        &sales(
            "_retain_session_until_ixn_deleted = true\n_reject_future_desired_time = \"10y\"",
            1,
        ),
        "talk=600",
    )
    .await;
    let talking = up
        .client
        .start("now", json!({ "_customer_number": "5115" }))
        .await;
    until("a conversation", Duration::from_secs(30), || async {
        let timeline = up.client.timeline(&talking).await;
        let state = &timeline["record"]["_callback_state"];
        assert_ne!(state, "COMPLETED", "{timeline}");
        (*state == "PROCESSING").then_some(())
    })
    .await;
    let marks = up.client.get(&format!("{ADMIN}/watermarks")).await.1;
    assert_eq!(
        marks,
        json!({ "services": { "now": 1 }, "total": 1 }),
        "PROCESSING counts"
    );
    let waiting = up
        .client
        .start(
            "now",
            json!({ "_customer_number": "5116", "_desired_time": day(1) }),
        )
        .await;
    let body = json!({ "ids": [talking, waiting] });
    let (_, answer) = up.client.post(&format!("{ADMIN}/cancel"), &body).await;
    assert_eq!(answer["results"][0]["code"], 409, "{answer}");
    assert_eq!(answer["results"][1]["code"], 200, "{answer}");
}

#[tokio::test]
async fn admin_watermarks_counts_what_is_under_way() {
    let up = Up::start(CONFIG, "").await;
    let marks = |query: &'static str| {
        let client = up.client.clone();
        async move { client.get(&format!("{ADMIN}/watermarks{query}")).await }
    };
    assert_eq!(
        marks("").await.1,
        json!({ "services": { "desk": 0, "shop": 0 }, "total": 0 })
    );
    let mut begun = Vec::new();
    for n in 0..3 {
        let number = json!({ "_customer_number": format!("511{n}") });
        begun.push(up.client.start("desk", number).await);
    }
    up.client
        .start("shop", json!({ "_customer_number": "5119" }))
        .await;
    scheduled(&up, "shop", "5118", 1).await;
    assert_eq!(
        marks("").await.1,
        json!({ "services": { "desk": 3, "shop": 1 }, "total": 4 })
    );
    up.client
        .delete(&format!("/genesys/1/service/callback/desk/{}", begun[0]))
        .await;
    assert_eq!(
        marks("?service_name=desk").await.1,
        json!({ "services": { "desk": 2 }, "total": 2 })
    );
    let (_, both) = marks("?service_name=desk&service_name=shop").await;
    assert_eq!(both["total"], 3);

    let (status, answer) = marks("?service_name=nosuch").await;
    assert_eq!(
        (status, answer["exception"].as_str()),
        (404, Some("CallbackExceptionNotFound"))
    );
    let (status, answer) = marks("?service=desk").await;
    assert_eq!(status, 400, "{answer}");
    assert!(
        answer["message"].as_str().unwrap().contains("service_name"),
        "{answer}"
    );
}

#[tokio::test]
async fn admin_reportcancelled_is_a_csv_file() {
    let up = Up::start(CONFIG, "").await;
    let note = "says \"no\", thanks\r\nand hung up";
    let body =
        json!({ "_customer_number": "+1 650 555 0101", "_desired_time": day(1), "note": note });
    let (one, other) = (
        up.client.start("desk", body).await,
        scheduled(&up, "shop", "5116", 2).await,
    );
    scheduled(&up, "desk", "5117", 2).await;
    up.client
        .post(&format!("{ADMIN}/cancel"), &json!({ "ids": [one] }))
        .await;
    up.client
        .delete(&format!("/genesys/1/service/callback/shop/{other}"))
        .await;

    let asked = json!({
        "callback_reason": "CANCELLED_BY_ADMIN",
        "exported_properties": ["_service_id", "_customer_number", "note"],
    });
    let (status, csv) = report(&up, &asked).await;
    assert_eq!(status, 200, "{csv}");
    let quoted = "\"says \"\"no\"\", thanks\r\nand hung up\"";
    assert_eq!(
        csv,
        format!("_service_id,_customer_number,note\r\n{one},+1 650 555 0101,{quoted}\r\n")
    );

    let (_, csv) = report(&up, &json!({})).await;
    let lines: Vec<_> = csv.lines().collect();
    assert_eq!(
        lines[0],
        "_id,_service_name,_customer_number,_desired_time,_callback_reason"
    );
    assert_eq!(
        lines[1],
        format!("{one},desk,+1 650 555 0101,{},CANCELLED_BY_ADMIN", day(1))
    );
    assert_eq!(lines[2], format!("{other},shop,5116,{},CANCELLED", day(2)));
    assert_eq!(lines.len(), 3, "what was not cancelled is not told");
}

#[tokio::test]
async fn admin_reportcancelled_names_what_is_wrong() {
    let up = Up::start(CONFIG, "").await;
    let id = scheduled(&up, "desk", "5115", 1).await;
    up.client
        .delete(&format!("/genesys/1/service/callback/desk/{id}"))
        .await;
    for (body, says) in [
        (
            json!({ "callback_reason": "BORED" }),
            &["callback_reason", "'BORED'", "CANCELLED_BY_ADMIN"][..],
        ),
        (
            json!({ "exported_properties": vec!["x"; 65] }),
            &["exported_properties", "65", "1 to 64"],
        ),
        (json!({ "columns": [] }), &["columns"]),
        (
            json!({ "exported_properties": ["_id", "missing"] }),
            &["column 'missing'", "_service_name"],
        ),
    ] {
        let (status, answer) = report(&up, &body).await;
        assert_eq!(status, 400, "{answer}");
        assert!(says.iter().all(|part| answer.contains(part)), "{answer}");
    }
    let (status, ..) = up
        .client
        .send(Method::GET, &format!("{ADMIN}/reportcancelled"), &[], "")
        .await;
    assert_eq!(status, 405);
}
