//! `/v1/resource-groups`.

use reqwest::Method;
use serde_json::json;

use super::{Line, NUMBERS, service};

const PATH: &str = "/v1/resource-groups/DNIS";
const JSON: (&str, &str) = ("content-type", "application/json");

#[tokio::test]
async fn put_v1_resource_groups_changes_the_numbers_at_once() {
    let line = Line::with(&(service("desk", "User Originated Immediate", "") + NUMBERS)).await;
    let client = &line.up.client;
    let (status, group) = client.get(PATH).await;
    assert_eq!(status, 200);
    assert_eq!(group["options"]["numbers"], "[\"8005550101\"]");
    let put = |tag: &'static str, numbers: &'static str| async move {
        let body = json!({"options": {"numbers": numbers}}).to_string();
        client
            .send(Method::PUT, PATH, &[JSON, ("if-match", tag)], body)
            .await
    };
    let (status, tag, answer) = put("\"1\"", "8005550102").await;
    assert_eq!((status, tag.as_str()), (200, "\"2\""), "{answer}");
    assert_eq!(put("\"1\"", "8005550103").await.0, 412);
    let (status, _, answer) = put("\"2\"", "call me").await;
    assert_eq!(status, 400);
    assert!(
        answer["detail"].as_str().unwrap().contains("'call me'"),
        "{answer}"
    );
    let started = line.start("5115").await;
    assert_eq!(started["_access_number"], "8005550102");
    let (_, all) = client.get("/v1/resource-groups").await;
    assert_eq!(all.as_array().unwrap().len(), 1);
    let (status, answer) = client.delete(PATH).await;
    assert_eq!(status, 409, "a service uses it: {answer}");
    assert_eq!(client.delete(&format!("{PATH}?force=true")).await.0, 204);
    assert_eq!(client.get(PATH).await.0, 404);
}
