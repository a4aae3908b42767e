//! A trunk group is dialed no faster than its carrier grants, however many callbacks wait; cancels and turns hold meanwhile.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{FREELY, Up};

const LIMIT: Duration = Duration::from_secs(60);
const CALLBACKS: usize = 6;

/// When a callback was dialed, in ms.
fn dialed(timeline: &Value) -> Option<i64> {
    let events = timeline["events"].as_array()?;
    let dial = events
        .iter()
        .find(|it| it["event_id"] == "_cbe_on_dial_init")?;
    let at = dial["time"].as_str().unwrap_or_default();
    let at: ringback_core::time::Timestamp = ringback_core::time::Timestamp::parse(at).ok()?;
    Some(at.as_millis())
}

#[tokio::test]
async fn callbacks_at_once_are_dialed_one_after_another() {
    let config = format!(
        "[services.now]\ntemplate = \"User Terminated Immediate\"\n_target = \"Sales@Stat.GA\"\n_max_dial_attempts = 1\n{FREELY}\n"
    );
    let up = Up::start(&config, "instant=true&calls_per_second=4").await;
    let mut ids = Vec::new();
    for nth in 0..CALLBACKS {
        // Busy.
        let request = json!({ "_customer_number": format!("51{nth}01") });
        ids.push(up.client.start("now", request).await);
    }
    let mut dials = Vec::new();
    for id in &ids {
        let timeline = up.client.until_over(id, LIMIT).await;
        dials.extend(dialed(&timeline));
    }
    dials.sort_unstable();
    assert_eq!(dials.len(), CALLBACKS, "{dials:?}");
    let span = dials[CALLBACKS - 1] - dials[0];
    // The event is of a moment after the turn.
    let least = 250 * i64::try_from(CALLBACKS - 1).unwrap() - 100;
    assert!(span >= least, "{dials:?}");
    assert!(span < 10_000, "nobody is forgotten: {dials:?}");
}
