//! `…/admin/callback/queues`

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{ADMIN, CONFIG, day, ids, scheduled};
use crate::harness::Up;

async fn queues(up: &Up, query: &str) -> Value {
    let (status, answer) = up.client.get(&format!("{ADMIN}/queues?{query}")).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

#[tokio::test]
async fn admin_queues_shows_the_records_of_each_service() {
    let up = Up::start(CONFIG, "").await;
    let soon = up
        .client
        .start("desk", json!({"_customer_number": "5115", "account": "7"}))
        .await;
    let late = scheduled(&up, "desk", "5116", 3).await;
    let other = up
        .client
        .start("shop", json!({"_customer_number": "5117"}))
        .await;

    let all = queues(&up, "").await;
    assert_eq!(
        (ids(&all["desk"]), ids(&all["shop"])),
        (vec![&*soon], vec![&*other])
    );
    assert_eq!(all["desk"][0]["_callback_state"], "QUEUED");

    let desk = queues(&up, "target=desk").await;
    assert_eq!(desk.as_object().unwrap().len(), 1, "{desk}");
    let both = queues(&up, "target=desk&target=shop").await;
    assert_eq!(both.as_object().unwrap().len(), 2, "{both}");

    let window = format!("target=desk&start_time={}&end_time={}", day(3), day(4));
    assert_eq!(ids(&queues(&up, &window).await["desk"]), [&*late]);
    let before = format!("target=desk&start_time={}&end_time={}", day(2), day(3));
    assert!(
        ids(&queues(&up, &before).await["desk"]).is_empty(),
        "the end is out"
    );

    let wide = format!("target=desk&end_time={}", day(9));
    assert_eq!(ids(&queues(&up, &wide).await["desk"]), [&*soon, &*late]);
    let only = |more: &str| format!("{wide}&{more}");
    for (filter, expected) in [
        ("max=1", vec![&soon]),
        ("states=SCHEDULED", vec![&late]),
        ("states=SCHEDULED,QUEUED", vec![&soon, &late]),
        ("states=ROUTING&states=QUEUED", vec![&soon]),
        ("account=7", vec![&soon]),
        ("account=8", vec![]),
        ("_customer_number=5116", vec![&late]),
        ("_customer_number=5116&account=7", vec![]),
    ] {
        let found = queues(&up, &only(filter)).await;
        assert_eq!(ids(&found["desk"]), expected, "{filter}");
    }
}

#[tokio::test]
async fn admin_queues_names_what_is_wrong() {
    let up = Up::start(CONFIG, "").await;
    for (query, status, says) in [
        ("target=nosuch", 404, &["'nosuch'", "desk", "shop"][..]),
        (
            "states=LOST",
            400,
            &["states", "'LOST'", "SCHEDULED", "COMPLETED"],
        ),
        ("max=0", 400, &["max", "'0'", "1 to 1000"]),
        ("max=many", 400, &["max", "'many'", "1 to 1000"]),
        (
            "start_time=today",
            400,
            &["start_time", "'today'", "yyyy-MM-dd"],
        ),
        (
            "start_time=2030-01-02T00:00:00Z&end_time=2030-01-01T00:00:00Z",
            400,
            &["end_time", "2030-01-01", "start_time", "2030-01-02"],
        ),
        ("_customer_number=abc", 400, &["_customer_number"]),
    ] {
        let (found, answer) = up.client.get(&format!("{ADMIN}/queues?{query}")).await;
        assert_eq!(found, status, "{query}: {answer}");
        let message = answer["message"].as_str().unwrap();
        assert!(
            says.iter().all(|part| message.contains(part)),
            "{query}: {message}"
        );
    }
}

/// More than are looked at in one go, half of them at the very same time.
#[tokio::test]
async fn admin_queues_finds_many() {
    let up = Up::start(CONFIG, "").await;
    let mut wanted = BTreeSet::new();
    for n in 0..620_u32 {
        let on = if n % 2 == 0 { 5 } else { n % 5 };
        wanted.insert(scheduled(&up, "desk", &format!("{}", 1000 + n), on).await);
    }
    let query = format!("target=desk&max=1000&end_time={}", day(9));
    let found = queues(&up, &query).await;
    let found = ids(&found["desk"]);
    assert_eq!(found.len(), wanted.len(), "each once");
    assert_eq!(
        found
            .into_iter()
            .map(str::to_owned)
            .collect::<BTreeSet<_>>(),
        wanted
    );
}
