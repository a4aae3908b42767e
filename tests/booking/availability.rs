//! Asking for times.

use ringback_ports::desk::Resource::{Capacity, OfficeHours};
use serde_json::{Value, json};

use super::House;

/// An office in Paris, two places every quarter of an hour.
async fn office() -> House {
    let options = [
        ("_business_hours_service", "week"),
        ("_request_time_bucket", "15"),
        ("_max_request_by_time_bucket", "2"),
    ];
    let house = House::start(&options).await;
    let week = json!({"_timezone": "Europe/Paris", "_bh_regular1": "Mon-Fri 08:00-14:00"});
    house.save(OfficeHours, "week", week).await;
    house
}

async fn get(house: &House, path: &str) -> Value {
    let (status, answer) = house.client.get(path).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

#[tokio::test]
async fn get_genesys_1_service_callback_svc_availability() {
    let house = office().await;
    house.book("2026-11-20T12:30:00.000Z").await;
    let today = json!({
        "2026-11-20T12:02:00.000Z": 2, "2026-11-20T12:15:00.000Z": 2, "2026-11-20T12:30:00.000Z": 1, "2026-11-20T12:45:00.000Z": 2
    });
    for path in [
        "/genesys/1/service/callback/now/availability",
        "/genesys/service/callback/now/availability?start=2026-11-20T12:02:00.000Z",
        "/genesys/1/service/callback/now/availability?end=2026-11-20T14:00:00%2B01:00",
        "/genesys/1/service/callback/now/availability?start=2026-11-20T09:00:00.000Z&number-of-days=1",
    ] {
        assert_eq!(get(&house, path).await, today, "{path}");
    }
    house.book("2026-11-20T12:31:00.000Z").await;
    let path = "/genesys/1/service/callback/now/availability?number-of-days=7&max-time-slots=3";
    let next = json!({
        "2026-11-20T12:02:00.000Z": 2, "2026-11-20T12:15:00.000Z": 2, "2026-11-20T12:45:00.000Z": 2
    });
    assert_eq!(get(&house, path).await, next, "what is full is left out");
}

#[tokio::test]
async fn get_genesys_2_service_callback_svc_availability() {
    let house = office().await;
    for _ in 0..2 {
        house.book("2026-11-20T12:30:00.000Z").await;
    }
    let path = "/genesys/2/service/callback/now/availability";
    let slot = |utc: &str, capacity| json!({"utcTime": utc, "capacity": capacity, "total": 2});
    let free = [
        slot("2026-11-20T12:02:00.000Z", 2),
        slot("2026-11-20T12:15:00.000Z", 2),
        slot("2026-11-20T12:45:00.000Z", 2),
    ];
    assert_eq!(
        get(&house, path).await,
        json!({"durationMin": 15, "slots": free})
    );
    let local = |utc: &str, local: &str, capacity| json!({"utcTime": utc, "localTime": local, "capacity": capacity, "total": 2});
    let busy = [
        local("2026-11-20T12:15:00.000Z", "2026-11-20T14:15:00.000", 2),
        local("2026-11-20T12:30:00.000Z", "2026-11-20T14:30:00.000", 0),
    ];
    let expected = json!({"durationMin": 15, "timezone": "Europe/Helsinki", "slots": busy});
    let zone = "timezone=Europe/Helsinki&report-busy=true";
    let start = ringback_core::time::Timestamp::parse("2026-11-20T12:15:00Z")
        .unwrap()
        .as_millis();
    for asked in [
        "start=2026-11-20T14:03:00&max-time-slots=2".to_owned(),
        "start=2026-11-20T14:10:00&end=2026-11-20T14:45:00".to_owned(),
        format!("start-ms={start}&end-ms={}", start + 1_800_000),
    ] {
        assert_eq!(
            get(&house, &format!("{path}?{zone}&{asked}")).await,
            expected,
            "{asked}"
        );
    }
}

#[tokio::test]
async fn what_is_asked_wrongly_is_told_with_what_is_allowed() {
    let house = office().await;
    for (asked, part) in [
        (
            "1/service/callback/now/availability?start=soon",
            "'start' = 'soon': allowed is a time",
        ),
        (
            "1/service/callback/now/availability?number-of-days=32",
            "'number-of-days' = '32': allowed is a number from 1 to 31",
        ),
        (
            "1/service/callback/now/availability?end=2026-11-19T00:00:00Z",
            "'end' = '2026-11-19T00:00:00.000Z'",
        ),
        (
            "1/service/callback/now/availability?max-time-slots=0",
            "'max-time-slots' = '0': allowed is a number from 1 to 5000",
        ),
        (
            "2/service/callback/now/availability?timezone=Paris",
            "'Paris' is no time zone",
        ),
        (
            "2/service/callback/now/availability?report-busy=maybe",
            "'report-busy' = 'maybe': allowed is true or false",
        ),
        (
            "2/service/callback/now/availability?start-ms=x",
            "'start-ms' = 'x'",
        ),
        (
            "2/service/callback/now/availability?start-ms=1&start=2026-11-20T12:00:00Z",
            "'start' and 'start-ms' are given",
        ),
        (
            "1/service/week?number-of-days=367",
            "'number-of-days' = '367': allowed is a number from 1 to 366",
        ),
    ] {
        let (status, answer) = house.client.get(&format!("/genesys/{asked}")).await;
        assert_eq!(status, 400, "{asked}");
        assert!(
            answer["message"].as_str().unwrap().contains(part),
            "{asked}: {answer}"
        );
    }
    let (status, answer) = house
        .client
        .get("/genesys/1/service/callback/nowhere/availability")
        .await;
    assert_eq!(
        (status, &answer["exception"]),
        (404, &json!("CallbackExceptionNotFound"))
    );
}

#[tokio::test]
async fn get_genesys_1_service_office_hours_service() {
    let house = office().await;
    let monday = json!({"error": null, "periods": [
        {"start": "2026-11-23T07:00:00.000Z", "end": "2026-11-23T13:00:00.000Z"}
    ]});
    for path in [
        "/genesys/1/service/week?start=2026-11-21T00:00:00Z&number-of-days=3",
        "/genesys/service/week?start=2026-11-23T00:00:00&end=2026-11-24T00:00:00&timezone=Europe/Paris",
    ] {
        assert_eq!(get(&house, path).await, monday, "{path}");
    }
    let now = json!({"error": null, "periods": [
        {"start": "2026-11-20T12:02:00.000Z", "end": "2026-11-20T13:00:00.000Z"}
    ]});
    assert_eq!(get(&house, "/genesys/1/service/week").await, now);
    let (status, answer) = house.client.get("/genesys/1/service/nobody").await;
    assert_eq!(status, 404);
    let told = answer["message"].as_str().unwrap();
    assert!(
        told.contains("no office hours and no capacity 'nobody'"),
        "{told}"
    );
}

#[tokio::test]
async fn get_genesys_1_service_capacity_service() {
    let house = office().await;
    let team =
        json!({"_timezone": "Europe/Paris", "_capacity": {"0830": 10, "1700": 2, "2000": 0}});
    house.save(Capacity, "team", team).await;
    let period = |start: &str, end: &str, capacity| json!({"start": format!("2026-11-{start}:00.000Z"), "end": format!("2026-11-{end}:00.000Z"), "capacity": capacity});
    let day = json!([
        period("23T07:30", "23T16:00", 10),
        period("23T16:00", "23T19:00", 2)
    ]);
    for path in [
        "/genesys/1/service/team?start=2026-11-23T00:00:00Z&number-of-days=1",
        "/genesys/service/team?start=2026-11-23T00:00:00Z&end=2026-11-24T00:00:00Z",
    ] {
        assert_eq!(get(&house, path).await, day, "{path}");
    }
    let now = json!([period("20T12:02", "20T16:00", 10)]);
    assert_eq!(get(&house, "/genesys/1/service/team").await, now);
}
