//! The sample IVR: a caller who presses 1 at the offer is called back, and nobody is sent away while Ringback does not answer.

use serde_json::{Value, json};

use super::{LIMIT, Real, address};
use crate::harness::until;

/// The REST interface of the Asterisk.
struct Ari {
    base: String,
    http: reqwest::Client,
}

impl Ari {
    fn new() -> Option<Self> {
        let address = address()?;
        let rest = address.strip_prefix("ari+")?;
        let (base, _) = rest.split_once("/ringback?")?;
        let http = reqwest::Client::builder().build().unwrap();
        let base = format!("{base}/ari");
        Some(Self { base, http })
    }

    async fn post(&self, path: &str, query: &[(&str, &str)]) {
        let url = format!("{}/{path}", self.base);
        let url = url::Url::parse_with_params(&url, query).unwrap();
        let answer = self.http.post(url).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {answer:?}");
    }

    /// Somebody calls the IVR of the queue, and presses 1 after a while. Its name of the call.
    async fn call(&self, api: &str, from: &str) -> String {
        let set = [("variable", "TEST_API"), ("value", api)];
        self.post("asterisk/variable", &set).await;
        // The callback is named after it, and Asterisk knows a call of an earlier one for an hour.
        let call = format!("ivr-{}", uuid::Uuid::now_v7().simple());
        let caller = format!("of-{call}");
        let query = [
            ("endpoint", "Local/support@ringback-ivr/n"),
            ("context", "customers"),
            ("extension", "press-one"),
            ("priority", "1"),
            ("channelId", &caller),
            ("otherChannelId", &call),
            ("callerId", from),
        ];
        self.post("channels", &query).await;
        call
    }

    /// What the dialplan does with a call; `None` when it is over.
    async fn application(&self, call: &str) -> Option<Value> {
        let url = format!("{}/channels/{call}", self.base);
        let answer = self.http.get(url).send().await.unwrap();
        let found: Option<Value> = answer
            .status()
            .is_success()
            .then_some(answer)?
            .json()
            .await
            .ok();
        found.map(|found| found["dialplan"]["app_name"].clone())
    }
}

#[tokio::test]
async fn caller_who_presses_1_is_thanked_and_called_back() {
    let (Some(ari), Some(real)) = (Ari::new(), Real::start().await) else {
        return;
    };
    let api = format!("{}/genesys/1", real.client.url(""));
    let call = ari.call(&api, "+16505550200").await;
    let path = "/genesys/1/service/callback/classic?_customer_number=%2B16505550200";
    let listed = until("the callback", LIMIT, || async {
        let (_, listed) = real.client.get(path).await;
        listed.get(0).cloned()
    })
    .await;
    assert_eq!(listed["_service_name"], json!("classic"), "{listed}");
    until("the end of the call", LIMIT, || async {
        ari.application(&call).await.is_none().then_some(())
    })
    .await;
    // The phone rings, a person answers and is connected.
    let path = format!("/v1/callbacks/{}", listed["_id"].as_str().unwrap());
    let reason = until("the end of the callback", LIMIT, || async {
        let (_, timeline) = real.client.get(&path).await;
        let reason = &timeline["record"]["_callback_reason"];
        reason.is_string().then(|| reason.clone())
    })
    .await;
    assert_eq!(reason, json!("AGENT_CONNECTED"));
}

#[tokio::test]
async fn caller_waits_in_the_queue_while_nobody_answers_about_callbacks() {
    let Some(ari) = Ari::new() else {
        return;
    };
    let nowhere = format!("http://{}/genesys/1", crate::harness::free_port());
    let call = ari.call(&nowhere, "+16505550201").await;
    until("the queue", LIMIT, || async {
        let found = ari.application(&call).await?;
        (found == json!("Queue")).then_some(())
    })
    .await;
    let url = format!("{}/channels/{call}", ari.base);
    ari.http.delete(url).send().await.unwrap();
}

/// Nobody is rung for it.
#[tokio::test]
async fn doctor_names_trunk_groups_that_the_asterisk_does_not_know() {
    let Some(address) = address() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let doctor = |trunk: &str| {
        let service =
            "[services.one]\ntemplate = \"User Terminated Immediate\"\n_target = \"Sales@Stat.GA\"";
        let config = format!(
            "{service}\n_trunk_group = \"{trunk}\"\n[agents.a1]\ndn = \"7001\"\ngroups = [\"Sales\"]\n"
        );
        std::fs::write(folder.path().join("ringback.toml"), config).unwrap();
        let address = address.replace("@trunk&", "@{trunk}&");
        let output = std::process::Command::new(crate::harness::RINGBACK)
            .args([
                "doctor",
                "--config",
                "ringback.toml",
                "--telephony",
                &address,
            ])
            .current_dir(folder.path())
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        let line = said.lines().find(|line| line.contains("phone network"));
        line.unwrap().to_owned()
    };
    assert!(doctor("trunk").starts_with("ok"), "{}", doctor("trunk"));
    let unknown = doctor("carrier");
    let says = "the endpoint PJSIP/carrier of _trunk_group 'carrier' is unknown";
    assert!(
        unknown.starts_with("FAIL") && unknown.contains(says),
        "{unknown}"
    );
}
