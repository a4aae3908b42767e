//! Several Asterisks, one of them away; and a connection that is cut.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ringback_adapters::asterisk::AsteriskHosts;
use ringback_core::call::{AnsweredBy, CallCommand, CallStatus, Report};
use ringback_ports::telephony::conformance::Rig;
use ringback_ports::telephony::{PhoneError, PhoneEvent, Telephony};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::rig::{AsteriskRig, dial, heard};

const RING: Duration = Duration::from_secs(4);

/// A way to the Asterisk that can be cut.
struct Way {
    place: String,
    is_open: Arc<AtomicBool>,
    cut: tokio::sync::watch::Sender<()>,
    _listener: JoinSet<()>,
}

impl Way {
    async fn to(there: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let place = listener.local_addr().unwrap().to_string();
        let (is_open, there) = (Arc::new(AtomicBool::new(true)), there.to_owned());
        let cut = tokio::sync::watch::Sender::new(());
        let (open, ends) = (is_open.clone(), cut.clone());
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            while let Ok((mut from, _)) = listener.accept().await {
                if !open.load(Ordering::SeqCst) {
                    continue;
                }
                let (there, mut end) = (there.clone(), ends.subscribe());
                tokio::spawn(async move {
                    let mut to = TcpStream::connect(there).await.unwrap();
                    tokio::select! {
                        _ = tokio::io::copy_bidirectional(&mut from, &mut to) => {}
                        _ = end.changed() => {}
                    }
                });
            }
        });
        Self {
            place,
            is_open,
            cut,
            _listener: tasks,
        }
    }

    fn close(&self) {
        self.is_open.store(false, Ordering::SeqCst);
        self.cut.send_replace(());
    }

    fn open(&self) {
        self.is_open.store(true, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn calls_go_over_the_others_while_one_is_away() {
    let Some(rig) = AsteriskRig::open() else {
        return;
    };
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let away = nobody.local_addr().unwrap();
    drop(nobody);
    let address = rig.address_of(&format!("{away},{}", rig.place()));
    let phone = AsteriskHosts::connect(&address).await.unwrap();
    for _ in 0..3 {
        let call = rig.call();
        phone.send(&call, dial("5200", RING, false)).await.unwrap();
        let by = AnsweredBy::Person;
        assert_eq!(heard(&phone, &call).await, Report::Answered { by });
        phone.send(&call, CallCommand::HangUp).await.unwrap();
        assert!(matches!(heard(&phone, &call).await, Report::HungUp { .. }));
    }
    // The one that is away may know it.
    let unknown = phone.inspect(&rig.call()).await;
    assert!(
        matches!(unknown, Err(PhoneError::Unavailable(_))),
        "{unknown:?}"
    );
    let none = AsteriskHosts::connect(&rig.address_of(&away.to_string())).await;
    assert!(none.is_err());
}

/// The customer answers while the dialer is cut off. Nobody is dialed again, and the call goes on.
#[tokio::test]
async fn a_call_goes_on_after_its_connection_was_cut() {
    let Some(rig) = AsteriskRig::open() else {
        return;
    };
    let way = Way::to(rig.place()).await;
    let address = rig.address_of(&format!("{},{}", way.place, rig.place()));
    let phone = AsteriskHosts::connect(&address).await.unwrap();
    let call = rig.call();
    phone.send(&call, dial("5200", RING, false)).await.unwrap();
    let ringing = PhoneEvent::Call {
        call: call.clone(),
        report: Report::Ringing,
    };
    assert_eq!(phone.next_event().await, ringing);
    way.close();
    let lost = async {
        while phone.inspect(&call).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(RING, lost)
        .await
        .expect("it is noticed");
    // The others are used meanwhile.
    let second = rig.call();
    phone
        .send(&second, dial("5200", RING, false))
        .await
        .unwrap();
    let by = AnsweredBy::Person;
    assert_eq!(heard(&phone, &second).await, Report::Answered { by });
    phone.send(&second, CallCommand::HangUp).await.unwrap();
    assert!(matches!(
        heard(&phone, &second).await,
        Report::HungUp { .. }
    ));
    way.open();
    let back = tokio::time::timeout(Duration::from_secs(30), phone.next_event()).await;
    assert_eq!(back.unwrap(), PhoneEvent::Gap);
    let up = CallStatus::Up {
        by,
        connected: false,
    };
    assert_eq!(phone.inspect(&call).await.unwrap(), up);
    phone.send(&call, CallCommand::HangUp).await.unwrap();
    assert!(matches!(heard(&phone, &call).await, Report::HungUp { .. }));
}
