//! Whom to call there.

use std::time::Duration;

use ringback_adapters::asterisk::AsteriskClient;
use ringback_core::access::Arrival;
use ringback_core::call::{CallCommand, CallId, DialOrder, Report};
use ringback_core::phone::PhoneNumber;
use ringback_ports::telephony::conformance::Rig;
use ringback_ports::telephony::{PhoneEvent, Telephony};

/// The Asterisk that the tests were given.
pub struct AsteriskRig {
    address: String,
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
        Some(Self { address: address? })
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

    async fn call_in(&self, _: Arrival) -> CallId {
        unreachable!("calls that come in are not tried here yet")
    }
}

pub fn number(text: &str) -> PhoneNumber {
    text.parse().unwrap()
}

pub fn dial(to: &str, ring: Duration, detect: bool) -> CallCommand {
    CallCommand::Dial(DialOrder {
        to: number(to),
        from: Some("+15550100".to_owned()),
        display_name: Some("Acme \"Support\"".to_owned()),
        trunk: "trunk".to_owned(),
        ring_timeout: ring,
        detect,
    })
}

/// The next report of a call that is no ringing.
pub async fn heard(phone: &AsteriskClient, call: &CallId) -> Report {
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
