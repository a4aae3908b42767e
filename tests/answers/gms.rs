//! What clients of the established product send, as they send it.

use serde_json::{Value, json};

use crate::harness::{Up, ready_agents};

const CONFIG: &str = r#"
[services.desk]
template = "User Originated Immediate"
_target = "Sales@Stat.GA"
[resource_groups.DNIS]
numbers = ["8005550101"]
[callback]
base-path = "/gms"
"#;

/// The base path of the client's configuration, parameters in the query, links that are followed by GET.
#[tokio::test]
async fn clients_of_the_original_are_taken_as_they_are() {
    let up = Up::start(&format!("{CONFIG}{}", ready_agents(1)), "").await;
    let path =
        "/gms/1/service/callback/desk?_customer_number=5115&_service=callback&_urs_vq_priority=";
    let (status, started) = up
        .client
        .post(path, &json!({"_provide_code": "true"}))
        .await;
    assert_eq!(status, 200, "{started}");
    assert!(started["_access_code"].is_string(), "{started}");
    let id = started["_id"].as_str().unwrap();
    let code = started["_access_code"].as_str().unwrap();
    let matched = format!("match-interaction?_access_number=8005550101&_access_code={code}");
    for path in [
        format!("/gms/service/{matched}"),
        format!("/genesys/1/service/{matched}"),
    ] {
        let (status, found) = up.client.get(&path).await;
        assert_eq!(
            (status, &found["_id"]),
            (200, &json!(id)),
            "{path}: {found}"
        );
        let (status, found) = up.client.post(&path, &Value::Null).await;
        assert_eq!(status, 400, "null is no body: {found}");
        let (status, found) = up.client.post(&path, &json!({})).await;
        assert_eq!(
            (status, &found["_id"]),
            (200, &json!(id)),
            "{path}: {found}"
        );
        assert!(
            found["url"].as_str().unwrap().starts_with("/gms/1/"),
            "{found}"
        );
    }
    let (status, twice) = up
        .client
        .post(
            &format!("/gms/service/{matched}"),
            &json!({"_access_code": code}),
        )
        .await;
    assert!(
        status == 400 && twice["message"].as_str().unwrap().contains("_access_code"),
        "{twice}"
    );
    let (status, again) = up.client.get(&format!("/gms/1/service/{id}/connect")).await;
    assert_eq!(
        (status, &again["_access_code"]),
        (200, &started["_access_code"]),
        "{again}"
    );
    let (status, gone) = up.client.get("/gmsx/1/service/callback/desk").await;
    assert_eq!(status, 404, "{gone}");
}
