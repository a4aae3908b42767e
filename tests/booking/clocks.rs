//! The night on which clocks change, from the saving of office hours to the booking: Paris, 25 October 2026.

use ringback_ports::desk::Resource::OfficeHours;
use serde_json::json;

use super::House;

#[tokio::test]
async fn an_hour_that_comes_twice_has_its_places_twice() {
    let options = [
        ("_business_hours_service", "night"),
        ("_request_time_bucket", "30"),
        ("_max_request_by_time_bucket", "1"),
    ];
    let house = House::start_at("2026-10-24T12:00:00.000Z", &options).await;
    let night = json!({"_timezone": "Europe/Paris", "_bh_regular1": "Mon-Sun 01:00-04:00"});
    house.save(OfficeHours, "night", night).await;
    let (_, open) = house
        .client
        .get("/genesys/1/service/night?number-of-days=1")
        .await;
    let period = json!({"start": "2026-10-24T23:00:00.000Z", "end": "2026-10-25T03:00:00.000Z"});
    assert_eq!(open["periods"], json!([period]), "four hours by the sun");
    let path =
        "/genesys/2/service/callback/now/availability?timezone=Europe/Paris&report-busy=true";
    let slots = || async {
        let (_, answer) = house.client.get(path).await;
        let slots = answer["slots"].as_array().unwrap().iter();
        let slot = |slot: &serde_json::Value| {
            (
                slot["localTime"].as_str().unwrap()[11..16].to_owned(),
                slot["capacity"].clone(),
            )
        };
        slots.map(slot).collect::<Vec<_>>()
    };
    let locals: Vec<_> = slots().await.into_iter().map(|(local, _)| local).collect();
    assert_eq!(
        locals,
        [
            "01:00", "01:30", "02:00", "02:30", "02:00", "02:30", "03:00", "03:30"
        ]
    );
    // Half past two in summer time, and an hour later half past two again.
    house.book("2026-10-25T02:30:00.000+02:00").await;
    house.book("2026-10-25T02:30:00.000+01:00").await;
    for full in ["2026-10-25T00:59:00.000Z", "2026-10-25T01:30:00.000Z"] {
        assert_eq!(house.ask("now", full).await.0, 400, "{full}");
    }
    let full: Vec<_> = slots()
        .await
        .into_iter()
        .map(|(_, left)| left == 0)
        .collect();
    assert_eq!(full, [false, false, false, true, false, true, false, false]);
    for closed in ["2026-10-24T22:59:59.999Z", "2026-10-25T03:00:00.000Z"] {
        let (status, answer) = house.ask("now", closed).await;
        assert!(
            status == 400 && answer["message"].as_str().unwrap().contains("'night'"),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn an_hour_that_does_not_come_has_no_places() {
    let options = [
        ("_business_hours_service", "night"),
        ("_request_time_bucket", "30"),
    ];
    let house = House::start_at("2026-03-28T12:00:00.000Z", &options).await;
    let night = json!({"_timezone": "Europe/Paris", "_bh_regular1": "Mon-Sun 01:30-03:30"});
    house.save(OfficeHours, "night", night).await;
    let path = "/genesys/2/service/callback/now/availability?timezone=Europe/Paris";
    let (_, answer) = house.client.get(path).await;
    let slots = answer["slots"].as_array().unwrap().iter();
    let locals: Vec<_> = slots
        .map(|slot| &slot["localTime"].as_str().unwrap()[11..16])
        .collect();
    assert_eq!(locals, ["01:30", "03:00"]);
    house.book("2026-03-29T01:00:00.000Z").await;
    assert_eq!(house.left("2026-03-29T01:00:00.000Z").await, 99);
}
