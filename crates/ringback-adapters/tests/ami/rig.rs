//! An Asterisk with agents that are made as they are needed, behind a connection that can be cut.

use std::sync::Mutex;

use ringback_adapters::ami::AmiClient;
use ringback_core::acd::AcdAgent;
use ringback_ports::acd::conformance::Rig;
use ringback_ports::clock::Clock;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// The Asterisk that the tests were given.
pub struct AmiRig {
    /// `user:password`, `host:port` and name.
    account: String,
    place: String,
    name: String,
    /// What carries the connections of the access that was opened last.
    carried: std::sync::Arc<Mutex<JoinSet<()>>>,
    _listeners: Mutex<JoinSet<()>>,
}

impl AmiRig {
    #[expect(
        clippy::disallowed_methods,
        reason = "whoever runs the tests says where it is, and is told what was left out"
    )]
    pub fn open() -> Option<Self> {
        let address = std::env::var("RINGBACK_TEST_AMI").ok();
        let address = address.filter(|address| !address.is_empty());
        if address.is_none() {
            eprintln!("left out: a real Asterisk needs RINGBACK_TEST_AMI (./tests/run sets it)");
        }
        let address = address?;
        let (account, rest) = address.strip_prefix("ami://")?.split_once('@')?;
        let (place, name) = rest.split_once('/')?;
        Some(Self {
            account: account.to_owned(),
            place: place.to_owned(),
            name: name.to_owned(),
            carried: std::sync::Arc::default(),
            _listeners: Mutex::default(),
        })
    }

    /// Access with another password.
    pub fn with_password(&self, password: &str) -> AmiClient {
        let (user, _) = self.account.split_once(':').unwrap();
        let address = format!("ami://{user}:{password}@{}/{}", self.place, self.name);
        AmiClient::open(&address, Clock::system()).unwrap()
    }

    /// Has the administrator do something; what was answered.
    pub async fn admin(&self, actions: &[&[(&str, &str)]]) -> String {
        let mut stream = TcpStream::connect(&self.place).await.unwrap();
        let mut text = "Action: Login\r\nUsername: admin\r\nSecret: admin\r\n\r\n".to_owned();
        for action in actions {
            for (name, value) in *action {
                text.push_str(&format!("{name}: {value}\r\n"));
            }
            text.push_str("\r\n");
        }
        text.push_str("Action: Logoff\r\n\r\n");
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(!answer.contains("Response: Error"), "{answer}");
        answer
    }

    async fn set_device(&self, interface: &str, state: &str) {
        let device = format!("DEVICE_STATE(Custom:{})", device(interface));
        let set = [
            ("Action", "Setvar"),
            ("Variable", &device),
            ("Value", state),
        ];
        self.admin(&[&set]).await;
    }

    fn interface<'a>(&self, agent: &'a AcdAgent) -> &'a str {
        let rest = agent.as_str().strip_prefix(&self.name).unwrap();
        rest.strip_prefix('/').unwrap()
    }
}

/// The device whose state is that of an interface.
fn device(interface: &str) -> &str {
    interface
        .rsplit_once('/')
        .unwrap()
        .1
        .split_once('@')
        .unwrap()
        .0
}

impl Rig for AmiRig {
    type Acd = AmiClient;

    async fn acd(&self) -> AmiClient {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let here = listener.local_addr().unwrap();
        let (carried, there) = (self.carried.clone(), self.place.clone());
        let forward = async move {
            while let Ok((mut from, _)) = listener.accept().await {
                let there = there.clone();
                carried.lock().unwrap().spawn(async move {
                    let mut to = TcpStream::connect(there).await.unwrap();
                    // A connection that breaks is what it is for.
                    tokio::io::copy_bidirectional(&mut from, &mut to).await.ok();
                });
            }
        };
        self._listeners.lock().unwrap().spawn(forward);
        let address = format!("ami://{}@{here}/{}", self.account, self.name);
        AmiClient::open(&address, Clock::system()).unwrap()
    }

    async fn agent(&self) -> AcdAgent {
        let interface = format!("Local/{}@customers", uuid::Uuid::now_v7().simple());
        self.set_device(&interface, "NOT_INUSE").await;
        let state = format!("Custom:{}", device(&interface));
        let add = [
            ("Action", "QueueAdd"),
            ("Queue", "support"),
            ("Interface", interface.as_str()),
            ("StateInterface", state.as_str()),
        ];
        self.admin(&[&add]).await;
        AcdAgent::on(&self.name, &interface)
    }

    async fn set_busy(&self, agent: &AcdAgent, busy: bool) {
        let state = if busy { "INUSE" } else { "NOT_INUSE" };
        self.set_device(self.interface(agent), state).await;
    }

    async fn pause(&self, agent: &AcdAgent, reason: &str) {
        let pause = [
            ("Action", "QueuePause"),
            ("Interface", self.interface(agent)),
            ("Paused", "true"),
            ("Reason", reason),
        ];
        self.admin(&[&pause]).await;
    }

    async fn cut(&self, _acd: &AmiClient) {
        self.carried.lock().unwrap().abort_all();
    }
}
