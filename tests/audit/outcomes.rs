//! What is known of a change only when it is through.

use reqwest::Method;
use serde_json::{Value, json};

use super::{SERVICE, audit, by, open, told};
use crate::access::basic;

/// Of customers who must not be known from the audit.
const NUMBERS: [&str; 2] = ["5550147", "5550148"];

#[tokio::test]
async fn what_was_done_to_many_is_counted_and_names_no_customer() {
    let up = open().await;
    let start = ("POST", "/genesys/1/service/callback/now");
    let at = "2030-01-01T09:00:00.000Z";
    let long = json!({ "template": "User Terminated Delayed", "options": { "_target": "A@S.GA", "_reject_future_desired_time": "10y" } });
    by(&up, "root", SERVICE, &long).await;
    let start = (start.0, "/genesys/1/service/callback/desk");
    let wanted = json!({ "_customer_number": NUMBERS[0], "_desired_time": at });
    let (_, started) = by(&up, "boss", start, &wanted).await;
    let ids = json!({ "ids": [started["_id"], NUMBERS[1]] });
    by(
        &up,
        "boss",
        ("POST", "/genesys/admin/callback/cancel"),
        &ids,
    )
    .await;
    let lines = format!(
        "_customer_number,_desired_time\n{},{at}\nnobody,\n",
        NUMBERS[1]
    );
    let headers = [
        ("authorization", &*basic("boss", "boss")),
        ("content-type", "text/csv"),
    ];
    let import = "/v1/callbacks:import?service=desk&run=r";
    up.client.send(Method::POST, import, &headers, lines).await;
    let erase = format!("/v1/customers/{}", NUMBERS[0]);
    let (status, answer) = by(&up, "root", ("DELETE", &erase), &Value::Null).await;
    assert_eq!((status, answer), (200, json!({ "erased": 1 })));
    let page = audit(&up, "").await;
    let cancelled = json!({ "cancelled": [started["_id"]], "failed": 1 }).to_string();
    let imported = json!({ "accepted": 1, "known": 0, "refused": 1, "skipped": 0 }).to_string();
    let erased = json!({ "erased": 1 }).to_string();
    let expected = [
        ["services/desk", "root", "{}"],
        ["callbacks", "boss", &cancelled],
        ["callbacks", "boss", &imported],
        ["customers", "root", &erased],
    ];
    assert_eq!(
        told(&page, ["/object", "/who", "/outcome/details"]),
        expected
    );
    for number in NUMBERS {
        assert!(!page.to_string().contains(number) && !up.said().contains(number));
    }
}

#[tokio::test]
async fn a_subscription_is_named_once_it_has_a_name() {
    let up = open().await;
    let subscription = "/genesys/1/notification/subscription";
    let body = json!({
        "subscriberId": "crm", "filter": "*", "expire": 60,
        "notificationDetails": { "deviceId": "https://crm.example/told", "type": "httpcb" },
    });
    let (status, made) = by(&up, "boss", ("POST", subscription), &body).await;
    assert_eq!(status, 200, "{made}");
    let id = made["id"].as_str().unwrap();
    let one = format!("{subscription}/{id}");
    assert_eq!(by(&up, "boss", ("DELETE", &one), &Value::Null).await.0, 200);
    let page = audit(&up, &format!("?object=subscriptions/{id}")).await;
    let expected = [
        "POST /genesys/1/notification/subscription",
        "DELETE /genesys/1/notification/subscription/{id}",
    ];
    assert_eq!(told(&page, ["/what"]), expected.map(|it| [it.to_owned()]));
    let all = audit(&up, "?object=subscriptions").await;
    assert_eq!(all["entries"], page["entries"]);
}
