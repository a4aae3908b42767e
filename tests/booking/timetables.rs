//! Office hours and capacities as people manage them.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Up, sales};

const PACE: &str = "speed=20&talk=1";
const JSON: (&str, &str) = ("content-type", "application/json");

fn week() -> Value {
    json!({"options": {"_timezone": "Europe/Paris", "_bh_regular1": "Mon-Fri 08:00-20:00"}})
}

fn team() -> Value {
    json!({"options": {"_capacity": {"0000": 0, "0830": 10}}})
}

async fn refusal(up: &Up, path: &str, body: &Value) -> String {
    let (status, answer) = up.client.put(path, body).await;
    assert_eq!(status, 400, "{answer}");
    answer["detail"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn put_v1_office_hours_tells_every_mistake_at_once() {
    let up = Up::start("", PACE).await;
    let body = json!({"options": {
        "_timezone": "Europe/Pariss", "_bh_regular1": "Mon-Fry 08:00-20:00", "_holiday1": "12-32", "_bh": "x"
    }});
    let told = refusal(&up, "/v1/office-hours/week", &body).await;
    for part in [
        "office hours 'week'",
        "'Europe/Pariss': allowed is an IANA time zone",
        "did you mean 'Europe/Paris'?",
        "option '_bh_regular1' = 'Mon-Fry 08:00-20:00': allowed is",
        "option '_holiday1' = '12-32': allowed is",
        "unknown option '_bh'",
    ] {
        assert!(told.contains(part), "{part} is missing in: {told}");
    }
    let told = refusal(&up, "/v1/office-hours/a%20b", &week()).await;
    assert!(
        told.contains("'a b' is no name: allowed are 1 to 64"),
        "{told}"
    );
    assert_eq!(up.client.get("/v1/office-hours").await, (200, json!([])));
}

#[tokio::test]
async fn put_v1_capacities_tells_every_mistake_at_once() {
    let up = Up::start("", PACE).await;
    let body = json!({"options": {"_capacity": {"2500": 1}, "_capacity_8": "{}", "_capacity_add1": "soon {}"}});
    let told = refusal(&up, "/v1/capacities/team", &body).await;
    for part in [
        "capacity 'team'",
        "option '_capacity' = ",
        "'_capacity_8'",
        "option '_capacity_add1' = ",
    ] {
        assert!(told.contains(part), "{part} is missing in: {told}");
    }
    let told = refusal(
        &up,
        "/v1/capacities/team",
        &json!({"options": {"_capacity": null}}),
    )
    .await;
    assert!(told.contains("option '_capacity' is null"), "{told}");
    let told = refusal(&up, "/v1/capacities/team", &json!({})).await;
    assert!(told.contains("missing field `options`"), "{told}");
    assert_eq!(up.client.get("/v1/capacities/team").await.0, 404);
}

/// Both are saved, listed, read and removed alike.
#[tokio::test]
async fn v1_office_hours_and_v1_capacities_are_kept_in_versions() {
    let up = Up::start("", PACE).await;
    let client = &up.client;
    for (path, body, what) in [
        ("/v1/office-hours", week(), "office hours 'desk'"),
        ("/v1/capacities", team(), "capacity 'desk'"),
    ] {
        let one = format!("{path}/desk");
        let text = body.to_string();
        let put = async |condition| {
            client
                .send(Method::PUT, &one, &[JSON, condition], text.clone())
                .await
        };
        let (status, tag, saved) = put(("if-none-match", "*")).await;
        assert_eq!((status, tag.as_str()), (200, "\"1\""), "{saved}");
        assert_eq!(
            (&saved["name"], &saved["configured"]),
            (&json!("desk"), &json!(false))
        );
        assert_eq!(put(("if-none-match", "*")).await.0, 412);
        // What was read can be sent back.
        let (_, read) = client.get(&one).await;
        assert_eq!(client.put(&one, &read).await.0, 200);
        let (status, _, answer) = put(("if-match", "\"1\"")).await;
        assert_eq!(status, 412);
        let told = answer["detail"].as_str().unwrap();
        assert!(
            told.contains(&format!("{what} has version 2, not 1")),
            "{told}"
        );
        let (_, listed) = client.get(path).await;
        assert_eq!(
            (listed.as_array().unwrap().len(), &listed[0]["version"]),
            (1, &json!(2))
        );
        let delete = async |tag| {
            client
                .send(Method::DELETE, &one, &[("if-match", tag)], "")
                .await
        };
        assert_eq!(delete("\"1\"").await.0, 412);
        assert_eq!(delete("\"2\"").await.0, 204);
        let (status, answer) = client.delete(&one).await;
        assert_eq!(status, 404);
        assert!(
            answer["detail"].as_str().unwrap().starts_with(what),
            "{answer}"
        );
        assert_eq!(client.get(&one).await.0, 404);
    }
}

#[tokio::test]
async fn delete_v1_office_hours_and_v1_capacities_that_a_service_names_need_force() {
    let options = "_business_hours_service = \"week\"\n_capacity_service = \"team\"";
    let tables = "[office_hours.week]\n_bh_regular1 = \"Mon-Fri 08:00-20:00\"\n[capacities.team]\n_capacity = {\"0830\" = 10}\n";
    let up = Up::start(&format!("{}{tables}", sales(options, 0)), PACE).await;
    for (path, option, configured) in [
        (
            "/v1/office-hours/week",
            "_business_hours_service",
            json!({"_bh_regular1": "Mon-Fri 08:00-20:00"}),
        ),
        (
            "/v1/capacities/team",
            "_capacity_service",
            json!({"_capacity": "{\"0830\":10}"}),
        ),
    ] {
        let (_, read) = up.client.get(path).await;
        assert_eq!(
            (&read["configured"], &read["options"]),
            (&json!(true), &configured)
        );
        let (status, answer) = up.client.delete(path).await;
        assert_eq!(status, 409);
        let told = answer["detail"].as_str().unwrap();
        assert!(
            told.contains(&format!("is the {option} of service 'now'"))
                && told.contains("force=true"),
            "{told}"
        );
        let (status, _) = up.client.delete(&format!("{path}?force=true")).await;
        assert_eq!(status, 204);
    }
    // Nothing can be had from what is gone, and nobody is told that it can.
    let (status, answer) = up
        .client
        .get("/genesys/1/service/callback/now/availability")
        .await;
    assert_eq!(
        (status, &answer["exception"]),
        (400, &json!("CallbackExceptionAvailability"))
    );
    let told = answer["message"].as_str().unwrap();
    assert!(
        told.contains("option '_business_hours_service' of service 'now' is 'week'"),
        "{told}"
    );
}
