//! Whom to call there.

use std::time::Duration;

use ringback_adapters::asterisk::AsteriskClient;
use ringback_core::access::Arrival;
use ringback_core::call::{Attached, CallCommand, CallId, DialOrder, Report};
use ringback_core::phone::PhoneNumber;
use ringback_ports::telephony::conformance::Rig;
use ringback_ports::telephony::{PhoneEvent, Telephony};

/// The Asterisk that the tests were given.
pub struct AsteriskRig {
    address: String,
    /// How the applications of its dialers are named: calls that come in are offered to those alone.
    app: String,
}

impl AsteriskRig {
    #[expect(
        clippy::disallowed_methods,
        reason = "whoever runs the tests says where it is, and is told what was left out"
    )]
    pub fn open() -> Option<Self> {
        let address = std::env::var("RINGBACK_TEST_ASTERISK").ok();
        let address = address.filter(|address| !address.is_empty());
        if address.is_none() {
            eprintln!(
                "left out: a real Asterisk needs RINGBACK_TEST_ASTERISK (./tests/run sets it)"
            );
        }
        let app = format!("t{}", uuid::Uuid::now_v7().simple());
        let address = address?.replacen("/ringback?", &format!("/{app}?"), 1);
        Some(Self { address, app })
    }
}

impl Rig for AsteriskRig {
    type Phone = AsteriskClient;

    async fn dialer(&self) -> AsteriskClient {
        AsteriskClient::connect(&self.address).await.unwrap()
    }

    fn call(&self) -> CallId {
        CallId::of_attempt(&format!("07-{}", uuid::Uuid::now_v7()), 1)
    }

    fn person(&self) -> PhoneNumber {
        number("5200")
    }

    fn busy(&self) -> PhoneNumber {
        number("5486")
    }

    fn agent(&self) -> String {
        "7200".to_owned()
    }

    fn absent_agent(&self) -> String {
        "7180".to_owned()
    }

    /// By a channel that lives in Asterisk alone: its other half runs the dialplan of calls that come in.
    async fn call_in(&self, arrival: Arrival) -> CallId {
        let base = self.base();
        let call = format!("in-{}", uuid::Uuid::now_v7());
        let Arrival { to, from, .. } = arrival;
        let query = [
            ("endpoint", format!("Local/{}@from-trunk/n", to.as_str())),
            ("context", "customers".to_owned()),
            ("extension", "stay".to_owned()),
            ("channelId", format!("from-{call}")),
            ("otherChannelId", call.clone()),
            (
                "callerId",
                from.map(|it| it.as_str().to_owned()).unwrap_or_default(),
            ),
        ];
        let url = url::Url::parse_with_params(&format!("{base}/ari/channels"), query).unwrap();
        let variables = serde_json::json!({ "variables": { "__RB_CODE": "123456", "__RB_DIALERS": format!("^{}-", self.app) } });
        let http = reqwest::Client::builder().build().unwrap();
        let answer = http.post(url).json(&variables).send().await.unwrap();
        assert!(answer.status().is_success(), "{answer:?}");
        CallId::from_wire(call)
    }
}

impl AsteriskRig {
    /// Where its REST interface is, with credentials.
    fn base(&self) -> &str {
        let rest = self.address.strip_prefix("ari+").unwrap();
        rest.rsplit_once(&format!("/{}?", self.app)).unwrap().0
    }

    /// Its host and port.
    pub fn place(&self) -> &str {
        self.base().rsplit_once('@').unwrap().1
    }

    /// Its address with other places.
    pub fn address_of(&self, places: &str) -> String {
        let own = format!("@{}/", self.place());
        self.address.replacen(&own, &format!("@{places}/"), 1)
    }

    /// A variable of a channel, as a dialplan reads it.
    pub async fn variable(&self, channel: &str, name: &str) -> String {
        let url = format!("{}/ari/channels/{channel}/variable", self.base());
        let url = url::Url::parse_with_params(&url, [("variable", name)]).unwrap();
        let http = reqwest::Client::builder().build().unwrap();
        let answer = http.get(url).send().await.unwrap();
        let read: serde_json::Value = answer.json().await.unwrap();
        read["value"].as_str().unwrap_or_default().to_owned()
    }
}

pub fn number(text: &str) -> PhoneNumber {
    text.parse().unwrap()
}

pub fn dial(to: &str, ring: Duration, detect: bool) -> CallCommand {
    dial_with(to, ring, |order| order.detect = detect)
}

pub fn dial_with(to: &str, ring: Duration, change: impl FnOnce(&mut DialOrder)) -> CallCommand {
    let mut order = DialOrder {
        to: number(to),
        from: Some("+15550100".to_owned()),
        display_name: Some("Acme \"Support\"".to_owned()),
        trunk: "trunk".to_owned(),
        ring_timeout: ring,
        detect: false,
        strict: false,
        attached: Attached::default(),
    };
    change(&mut order);
    CallCommand::Dial(order)
}

/// The next report of a call that is no ringing.
pub async fn heard(phone: &impl Telephony, call: &CallId) -> Report {
    loop {
        let next = tokio::time::timeout(Duration::from_secs(60), phone.next_event()).await;
        match next.unwrap() {
            PhoneEvent::Call { call: of, report } => {
                assert_eq!(of, *call);
                if report != Report::Ringing {
                    return report;
                }
            }
            other @ (PhoneEvent::Arrived { .. } | PhoneEvent::Gap) => panic!("{other:?}"),
        }
    }
}
