//! GET `/v1/reports/…`

mod bounds;
mod callbacks;
mod records;

use std::time::Duration;

use reqwest::Method;
use ringback_core::time::Timestamp;
use serde_json::{Value, json};

use crate::access::{basic, call};
use crate::harness::{Up, after, sales};

const LIMIT: Duration = Duration::from_secs(30);
const PACE: &str = "speed=20&talk=1";

/// Who is busy is called a second time, soon.
const SOON: &str = "_max_dial_attempts = 2\n_dial_retry_timeout = 1";
const DESK: &str =
    "[services.desk]\ntemplate = \"User Terminated Delayed\"\n_target = \"Nobody@Stat.GA\"\n";

/// Some callbacks, and what became of them.
struct Office {
    up: Up,
    /// Before any of them, and after all.
    span: String,
    begun: Timestamp,
    connected: String,
    busy: String,
    cancelled: String,
    scheduled: String,
}

impl Office {
    async fn open() -> Self {
        let up = Up::start(&(sales(SOON, 1) + DESK), PACE).await;
        let begun = after(Duration::ZERO);
        let offered = json!({
            "_customer_number": "5115", "_CB_T_CALLBACK_OFFERED": 1_467_575_000, "_CB_DIM_CHANNEL": "IVR", "account": "4711",
        });
        let connected = up.client.start("now", offered).await;
        let busy = up
            .client
            .start("now", json!({ "_customer_number": "5101" }))
            .await;
        let tomorrow = after(Duration::from_hours(24)).to_string();
        let later = json!({ "_customer_number": "5116", "_desired_time": tomorrow });
        let cancelled = up.client.start("desk", later.clone()).await;
        let path = format!("/genesys/1/service/callback/desk/{cancelled}");
        assert_eq!(up.client.delete(&path).await.0, 200);
        let scheduled = up.client.start("desk", later).await;
        for id in [&connected, &busy] {
            up.client.until_over(id, LIMIT).await;
        }
        let end = after(Duration::from_hours(48));
        Self {
            up,
            span: format!("from={begun}&to={end}"),
            begun,
            connected,
            busy,
            cancelled,
            scheduled,
        }
    }

    async fn report(&self, query: &str) -> Value {
        let path = format!("/v1/reports/callbacks?{}&{query}", self.span);
        let (status, report) = self.up.client.get(&path).await;
        assert_eq!(status, 200, "{report}");
        report
    }

    /// What is reported of each, by id.
    async fn records(&self, query: &str) -> Vec<Value> {
        let path = format!("/v1/reports/records?{}&{query}", self.span);
        self.up.client.get_lines(&path).await
    }
}

#[tokio::test]
async fn v1_reports_are_for_supervisors_and_readers() {
    let user = |name: &str, role: &str| {
        format!("[users.{name}]\nrole = \"{role}\"\npassword = \"secret\"\n")
    };
    let users = [
        user("ivr1", "ivr"),
        user("a0", "agent"),
        user("wall", "readonly"),
        user("boss", "supervisor"),
        user("root", "admin"),
    ];
    let login = "[services.own]\ntemplate = \"User Terminated Delayed\"\n_target = \"Nobody@Stat.GA\"\n\
                 username = \"crm\"\npassword = \"secret\"\n";
    let up = Up::start(&(sales("", 0) + login + &users.concat()), PACE).await;
    for (who, expected) in [
        ("ivr1", 403),
        ("a0", 403),
        ("crm", 401),
        ("wall", 200),
        ("boss", 200),
        ("root", 200),
    ] {
        for path in ["/v1/reports/callbacks", "/v1/reports/records"] {
            let who = basic(who, "secret");
            let (status, answer) = call(&up, &who, Method::GET, path, "").await;
            assert_eq!(status, expected, "{answer}");
            if status == 403 {
                let told = answer["detail"].as_str().unwrap();
                assert!(told.ends_with("may not read reports"), "{told}");
            }
        }
    }
}

#[tokio::test]
async fn v1_reports_name_what_is_wrong() {
    let up = Up::start(&sales("", 0), PACE).await;
    for (path, status, says) in [
        (
            "callbacks?service=nosuch",
            404,
            &["'nosuch'", "known are: now"][..],
        ),
        (
            "callbacks?from=today",
            400,
            &["from", "'today'", "RFC 3339"],
        ),
        (
            "callbacks?from=2030-01-02T00:00:00Z&to=2030-01-02T00:00:00Z",
            400,
            &["to 2030-01-02T00:00:00.000Z", "not after from", "allowed"],
        ),
        (
            "callbacks?interval=week",
            400,
            &["interval 'week'", "hour, day"],
        ),
        (
            "callbacks?timezone=Europe/Pari",
            400,
            &["timezone", "'Europe/Pari'", "did you mean 'Europe/Paris'"],
        ),
        ("callbacks?format=csv", 400, &["'format'", "timezone"]),
        ("records?format=pdf", 400, &["format 'pdf'", "csv, ndjson"]),
        ("records?to=soon", 400, &["to", "'soon'"]),
        (
            "records?number=5115",
            400,
            &["'number'", "service, from, to"],
        ),
        ("records?service=nosuch", 404, &["'nosuch'"]),
    ] {
        let (found, answer) = up.client.get(&format!("/v1/reports/{path}")).await;
        let message = answer["detail"].as_str().unwrap_or_default();
        assert_eq!(found, status, "{path}: {answer}");
        assert!(
            says.iter().all(|part| message.contains(part)),
            "{path}: {message}"
        );
    }
}
