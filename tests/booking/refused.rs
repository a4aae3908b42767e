//! Times that cannot be had, and what is proposed in their place.

use ringback_ports::desk::Resource::OfficeHours;
use serde_json::{Value, json};

use super::{House, NOW};

async fn office(options: &[(&str, &str)]) -> House {
    let options = [
        &[
            ("_business_hours_service", "week"),
            ("_request_time_bucket", "60"),
        ],
        options,
    ]
    .concat();
    let house = House::start(&options).await;
    let week = json!({"_bh_regular1": "Mon-Fri 08:00-12:00", "_holiday1": "2026-11-23"});
    house.save(OfficeHours, "week", week).await;
    house
}

fn times(answer: &Value) -> Vec<&str> {
    let offered = answer["availability"]
        .as_object()
        .unwrap_or_else(|| panic!("{answer}"));
    offered.keys().map(|time| &time[5..16]).collect()
}

#[tokio::test]
async fn a_refused_time_comes_with_others() {
    let house = office(&[
        ("_max_request_by_time_bucket", "1"),
        ("_reject_past_desired_time", "true"),
    ])
    .await;
    let open = ["11-24T08:00", "11-24T09:00", "11-24T10:00", "11-24T11:00"];
    for (time, part, first) in [
        (
            "2026-11-21T09:00:00.000Z",
            "is outside the office hours 'week', which begin next at 2026-11-24T08:00:00.000Z",
            open[0],
        ),
        (
            "2026-11-23T09:00:00.000Z",
            "is outside the office hours 'week'",
            open[0],
        ),
        (
            "2026-11-20T11:00:00.000Z",
            "_desired_time 2026-11-20T11:00:00.000Z has passed: allowed are times from now on, 2026-11-20T12:02:00.000Z",
            open[0],
        ),
        (
            "2027-01-04T09:00:00.000Z",
            "is too far ahead: allowed is up to 2026-12-20T12:02:00.000Z",
            "12-16T10:00",
        ),
    ] {
        let (status, answer) = house.ask("now", time).await;
        assert_eq!(
            (status, &answer["exception"], &answer["code"]),
            (400, &json!("CallbackExceptionAvailability"), &json!(400))
        );
        let told = answer["message"].as_str().unwrap();
        assert!(told.contains(part), "{told}");
        let offered = times(&answer);
        assert_eq!((offered.len(), offered[0]), (10, first), "{time}: {answer}");
    }
    house.book("2026-11-24T09:30:00.000Z").await;
    let (_, answer) = house.ask("now", "2026-11-24T09:00:00.000Z").await;
    let told = answer["message"].as_str().unwrap();
    assert!(
        told.contains(
            "2026-11-24T09:00:00.000Z is in a time slot that is full: all 1 places are taken"
        ),
        "{told}"
    );
    assert_eq!(
        times(&answer)[..3],
        [open[0], open[2], open[3]],
        "what is proposed is free"
    );
    assert_eq!(
        house.client.get("/v1/callbacks?service=now").await.1["callbacks"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn a_refused_new_time_comes_with_others() {
    let house = office(&[("_reject_past_desired_time", "true")]).await;
    let id = house.book("2026-11-24T09:30:00.000Z").await;
    for time in [
        "2026-11-21T09:00:00.000Z",
        "2026-11-20T11:00:00.000Z",
        "2027-01-04T09:00:00.000Z",
    ] {
        let (status, answer) = house.move_to(&id, time).await;
        assert_eq!(
            (status, &answer["exception"]),
            (400, &json!("CallbackExceptionAvailability"))
        );
        assert_eq!(times(&answer).len(), 10, "{answer}");
    }
    assert_eq!(house.left("2026-11-24T09:00:00.000Z").await, 99);
}

#[tokio::test]
async fn a_time_that_has_passed_is_now_if_its_service_says_so() {
    let house = office(&[]).await;
    // The office is closed: nobody is promised a call shortly.
    let (status, answer) = house.ask("now", "2026-11-20T09:00:00.000Z").await;
    assert_eq!((status, answer.get("_action")), (200, None), "{answer}");
    // On Tuesday morning somebody is there.
    house.advance(4 * 86_400 - 3 * 3600);
    let (status, answer) = house.ask("now", "2026-11-24T08:30:00.000Z").await;
    assert_eq!(
        (status, &answer["_action"]),
        (200, &json!("ConfirmationDialog")),
        "{answer}"
    );
}

#[tokio::test]
async fn nobody_is_called_back_at_once_out_of_office_hours_if_the_service_says_so() {
    for (reject, status) in [("false", 200), ("true", 400)] {
        let house = office(&[("_enable_reject_out_of_office_hours", reject)]).await;
        let body = json!({"_customer_number": "5115"});
        let start = || house.client.post("/genesys/1/service/callback/now", &body);
        let (answered, answer) = start().await;
        assert_eq!(answered, status, "{answer}");
        if reject == "true" {
            assert_eq!(answer["exception"], "CallbackExceptionAvailability");
            assert!(
                answer["message"]
                    .as_str()
                    .unwrap()
                    .contains(&format!("{NOW} is outside the office hours 'week'"))
            );
            assert_eq!(times(&answer)[0], "11-24T08:00");
        }
        // On Tuesday morning somebody is there.
        house.advance(4 * 86_400 - 3 * 3600);
        assert_eq!(start().await.0, 200);
    }
}

#[tokio::test]
async fn an_import_goes_through_the_same_door() {
    let house = office(&[("_max_request_by_time_bucket", "2")]).await;
    let times = [
        "2026-11-24T09:00:00Z",
        "2026-11-24T09:10:00Z",
        "2026-11-24T09:20:00Z",
        "2026-11-21T09:00:00Z",
    ];
    let lines = times.map(|time| format!("5115,{time}\n")).concat();
    let body = format!("_customer_number,_desired_time\n{lines}");
    let path = "/v1/callbacks:import?service=now&run=one";
    for _ in 0..2 {
        let answers = house
            .client
            .post_lines(path, "text/csv", body.clone())
            .await;
        let taken = answers
            .iter()
            .filter(|answer| answer["_id"].is_string())
            .count();
        assert_eq!((taken, answers.len()), (2, 4), "{answers:?}");
        for refused in answers.iter().filter(|answer| answer["error"].is_string()) {
            assert_eq!(
                refused["availability"]["2026-11-24T10:00:00.000Z"], 2,
                "{refused}"
            );
        }
        assert_eq!(house.left("2026-11-24T09:00:00.000Z").await, 0);
    }
}
