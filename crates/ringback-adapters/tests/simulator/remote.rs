use std::collections::BTreeSet;

use futures_util::future::join_all;
use ringback_adapters::phone::AnyPhone;
use ringback_adapters::simulator::Options;
use ringback_adapters::simulator::client::SimulatorClient;
use ringback_adapters::simulator::server::{MAX_CONNECTIONS, serve};
use ringback_core::call::{CallCommand, CallId, CallStatus, Report};
use ringback_ports::telephony::conformance::Rig;
use ringback_ports::telephony::{PhoneError, PhoneEvent, Telephony};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use super::rig::{PERSON, Remote, client, dial, heard, number, within};

async fn open() -> Option<Remote> {
    Some(Remote::open().await)
}

ringback_ports::telephony_conformance!(open);

#[tokio::test]
async fn an_address_with_a_host_is_another_process() {
    let rig = Remote::open().await;
    let phone = AnyPhone::connect(&format!("sim://{}", rig.listens))
        .await
        .unwrap();
    let call = rig.call();
    phone.send(&call, dial("5105")).await.unwrap();
    assert!(matches!(heard(&phone, &call).await, Report::Failed { .. }));
}

#[tokio::test]
async fn what_was_dialed_is_known_to_everybody() {
    let rig = Remote::open().await;
    let (lost, phone) = (rig.dialer().await, rig.dialer().await);
    let (first, second, third) = (rig.call(), rig.call(), rig.call());
    for call in [&first, &first, &second] {
        lost.send(call, dial(PERSON)).await.unwrap();
    }
    lost.send(&third, dial("5101")).await.unwrap();
    drop(lost);

    let dialed = phone.dialed(&first).await.unwrap();
    assert_eq!((dialed.dials, dialed.orders), (1, 2));
    assert_eq!(phone.dialed_number(&number(PERSON)).await.unwrap(), 2);
    assert_eq!(phone.dialed_number(&number("5101")).await.unwrap(), 1);
    let tally = phone.tally().await.unwrap();
    assert_eq!((tally.calls, tally.dials, tally.dialed_twice), (3, 3, 0));
    assert_eq!((tally.orders_repeated, tally.numbers_dialed_twice), (1, 1));
}

#[tokio::test]
async fn nobody_there_is_told_in_one_line() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = closed.local_addr().unwrap();
    drop(closed);
    let address = format!("sim://{place}");
    let error = SimulatorClient::connect(&address).await.unwrap_err();
    let error = error.to_string();
    let expected = format!("cannot reach the phone network at {place}: ");
    assert!(error.starts_with(&expected), "{error}");
    assert!(!error.contains('\n'), "{error}");
}

#[tokio::test]
async fn a_stranger_is_told_apart() {
    for (greeting, told) in [
        ("HTTP/1.1 400 Bad Request\r\n\r\n", "not a phone network"),
        ("", "not a phone network"),
        ("{\"hello\":{\"protocol\":3}}\n", "protocol 3"),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("sim://{}", listener.local_addr().unwrap());
        let stranger = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream.write_all(greeting.as_bytes()).await.unwrap();
        };
        let (connected, ()) = tokio::join!(SimulatorClient::connect(&address), stranger);
        let error = connected.unwrap_err().to_string();
        assert!(error.contains(told), "{error}");
    }
}

#[tokio::test]
async fn thousands_of_orders_are_under_way_at_once() {
    let rig = Remote::with("instant=true").await;
    let phone = rig.dialer().await;
    let mut calls: BTreeSet<CallId> = (0..5_000).map(|_| rig.call()).collect();
    let orders = calls.iter().map(|call| phone.send(call, dial("5101")));
    for taken in within(join_all(orders)).await {
        taken.unwrap();
    }
    while !calls.is_empty() {
        let event = within(phone.next_event()).await;
        assert!(matches!(event, PhoneEvent::Call { call, .. } if calls.remove(&call)));
    }
    let tally = phone.tally().await.unwrap();
    assert_eq!((tally.calls, tally.live), (5_000, 0));
}

/// A network that answers only when all have asked shows that nobody waits for somebody else's answer.
#[tokio::test]
async fn orders_do_not_wait_for_answers() {
    const ORDERS: usize = 500;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = listener.local_addr().unwrap();
    let network = async {
        let (stream, _) = listener.accept().await.unwrap();
        let (reader, mut writer) = stream.into_split();
        writer
            .write_all(b"{\"hello\":{\"protocol\":2}}\n")
            .await
            .unwrap();
        let mut lines = BufReader::new(reader).lines();
        let mut ids = Vec::new();
        while ids.len() < ORDERS {
            let line = lines.next_line().await.unwrap().unwrap();
            let asked: serde_json::Value = serde_json::from_str(&line).unwrap();
            if asked["ask"]["send"].is_object() {
                ids.push(asked["id"].as_u64().unwrap());
            }
        }
        for id in ids.into_iter().rev() {
            let answer = format!("{{\"answer\":{{\"id\":{id},\"answer\":\"taken\"}}}}\n");
            writer.write_all(answer.as_bytes()).await.unwrap();
        }
        writer
    };
    let dialer = async {
        let phone = client(place).await;
        let call = CallId::from_wire("call");
        let orders = (0..ORDERS).map(|_| phone.send(&call, CallCommand::HangUp));
        join_all(orders).await
    };
    let (_writer, taken) = within(async { tokio::join!(network, dialer) }).await;
    assert!(taken.iter().all(Result::is_ok));
}

#[tokio::test]
async fn an_order_that_fits_no_line_is_refused() {
    let rig = Remote::open().await;
    let phone = rig.dialer().await;
    let sound = "x".repeat(70_000);
    let call = rig.call();
    let refused = phone.send(&call, CallCommand::Play { sound }).await;
    assert!(matches!(refused, Err(PhoneError::Refused(_))));
    assert_eq!(phone.inspect(&call).await.unwrap(), CallStatus::Unknown);
}

/// Sends bytes as they are, and reads all that comes back.
async fn talk(rig: &Remote, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(rig.listens).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut heard = Vec::new();
    within(stream.read_to_end(&mut heard)).await.unwrap();
    String::from_utf8(heard).unwrap()
}

#[tokio::test]
async fn a_line_can_be_asked_by_hand() {
    let rig = Remote::open().await;
    let heard = talk(&rig, b"{\"id\":1,\"ask\":\"tally\"}\n").await;
    let (greeting, answer) = heard.trim_end().split_once('\n').unwrap();
    assert_eq!(greeting, r#"{"hello":{"protocol":2}}"#);
    let answer: serde_json::Value = serde_json::from_str(answer).unwrap();
    assert_eq!(answer["answer"]["id"], 1);
    assert_eq!(answer["answer"]["answer"]["tally"]["dials"], 0);
}

#[tokio::test]
async fn nonsense_ends_its_connection_only() {
    let rig = Remote::open().await;
    let phone = rig.dialer().await;
    for nonsense in [
        b"GET / HTTP/1.1\r\n\r\n".as_slice(),
        b"{\"id\":-1,\"ask\":\"tally\"}\n",
        b"{\"id\":1,\"ask\":{\"send\":{\"call\":\"x\",\"command\":{\"do\":\"sing\"}}}}\n",
        b"\xff\xfe\n",
    ] {
        let heard = talk(&rig, nonsense).await;
        assert!(heard.contains("{\"bye\":"), "{heard}");
    }
    let error = phone.tally().await;
    assert!(error.is_ok(), "{error:?}");
}

#[tokio::test]
async fn a_line_without_end_is_cut_off() {
    let rig = Remote::open().await;
    let (reader, mut writer) = TcpStream::connect(rig.listens).await.unwrap().into_split();
    let flood = async {
        // It ends with the connection.
        while writer.write_all(&[b'x'; 4096]).await.is_ok() {}
    };
    let mut lines = BufReader::new(reader).lines();
    let listen = async {
        while let Ok(Some(line)) = lines.next_line().await {
            if line.contains("more than 65536 bytes") {
                return;
            }
        }
        panic!("the reason is told");
    };
    within(async { tokio::join!(flood, listen) }).await;
}

#[tokio::test]
async fn connections_are_bounded() {
    let rig = Remote::open().await;
    let mut connections = Vec::new();
    for _ in 0..MAX_CONNECTIONS {
        let mut stream = TcpStream::connect(rig.listens).await.unwrap();
        let mut greeting = [0; 24];
        within(stream.read_exact(&mut greeting)).await.unwrap();
        connections.push(stream);
    }
    let mut waiting = TcpStream::connect(rig.listens).await.unwrap();
    let asked = connections.last_mut().unwrap();
    asked
        .write_all(b"{\"id\":1,\"ask\":\"ping\"}\n")
        .await
        .unwrap();
    within(asked.read_u8()).await.unwrap();
    let mut greeting = [0; 24];
    assert!(waiting.try_read(&mut greeting).is_err(), "not greeted yet");
    connections.pop();
    within(waiting.read_exact(&mut greeting)).await.unwrap();
}

#[tokio::test]
async fn shutdown_closes_every_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let server = tokio::spawn(serve(listener, Options::default(), async {
        stopped.await.unwrap();
    }));
    let phone = client(place).await;
    stop.send(()).unwrap();
    within(server).await.unwrap();
    within(async {
        while phone.is_ready() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}
