//! Networks to try, and what every test here does with them.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use ringback_adapters::simulator::Options;
use ringback_adapters::simulator::client::SimulatorClient;
use ringback_adapters::simulator::in_process::Simulator;
use ringback_adapters::simulator::server::serve;
use ringback_core::access::Arrival;
use ringback_core::call::{Attached, CallCommand, CallId, DialOrder, Report};
use ringback_core::phone::PhoneNumber;
use ringback_ports::telephony::conformance::Rig;
use ringback_ports::telephony::{PhoneEvent, Telephony};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

pub const PERSON: &str = "5110";

/// Fast enough not to wait for, slow enough for the steps to follow each other; nobody hangs up by themselves.
const BRISK: &str = "speed=100&talk=86400";

/// A network in this process.
pub struct InProcess {
    pub network: Simulator,
    calls: AtomicU32,
}

impl InProcess {
    pub fn open() -> Self {
        Self {
            network: Simulator::in_process(Options::parse("talk=86400").unwrap()),
            calls: AtomicU32::new(0),
        }
    }
}

/// A network behind a socket.
pub struct Remote {
    pub listens: SocketAddr,
    calls: AtomicU32,
    _server: JoinSet<()>,
}

impl Remote {
    pub async fn open() -> Self {
        Self::with(BRISK).await
    }

    pub async fn with(options: &str) -> Self {
        let options = Options::parse(options).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let listens = listener.local_addr().unwrap();
        let mut server = JoinSet::new();
        server.spawn(serve(listener, options, std::future::pending()));
        Self {
            listens,
            calls: AtomicU32::new(0),
            _server: server,
        }
    }
}

/// A client of whatever listens there.
pub async fn client(place: SocketAddr) -> SimulatorClient {
    SimulatorClient::connect(&format!("sim://{place}"))
        .await
        .unwrap()
}

macro_rules! callees {
    () => {
        fn call(&self) -> CallId {
            let nth = self.calls.fetch_add(1, Ordering::Relaxed);
            CallId::of_attempt("07-20e740d3-8458-43d6-834d-3713c3385bac", nth)
        }

        fn person(&self) -> PhoneNumber {
            number(PERSON)
        }

        fn busy(&self) -> PhoneNumber {
            number("5101")
        }

        fn agent(&self) -> String {
            "7001".to_owned()
        }

        fn absent_agent(&self) -> String {
            "7099".to_owned()
        }
    };
}

impl Rig for InProcess {
    type Phone = Simulator;

    async fn call_in(&self, arrival: Arrival) -> CallId {
        let call = self.call();
        self.network.call_in(&call, arrival).unwrap();
        call
    }

    async fn dialer(&self) -> Simulator {
        self.network.another_dialer()
    }

    callees!();
}

impl Rig for Remote {
    type Phone = SimulatorClient;

    /// By somebody who does not listen.
    async fn call_in(&self, arrival: Arrival) -> CallId {
        let call = self.call();
        let caller = client(self.listens).await;
        caller.call_in(&call, arrival).await.unwrap();
        call
    }

    async fn dialer(&self) -> SimulatorClient {
        client(self.listens).await
    }

    callees!();
}

pub fn number(text: &str) -> PhoneNumber {
    text.parse().unwrap()
}

pub fn dial(to: &str) -> CallCommand {
    CallCommand::Dial(DialOrder {
        to: number(to),
        from: None,
        display_name: None,
        trunk: "default".to_owned(),
        ring_timeout: Duration::from_secs(30),
        detect: true,
        strict: false,
        attached: Attached::default(),
    })
}

pub fn play() -> CallCommand {
    CallCommand::Play {
        sound: "greeting".to_owned(),
    }
}

/// Waits, but not for ever.
pub async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(120), future)
        .await
        .unwrap()
}

/// The next report, which is of `call`.
pub async fn heard(phone: &impl Telephony, call: &CallId) -> Report {
    match within(phone.next_event()).await {
        PhoneEvent::Call { call: of, report } => {
            assert_eq!(of, *call);
            report
        }
        other @ (PhoneEvent::Arrived { .. } | PhoneEvent::Gap) => panic!("{other:?}"),
    }
}
