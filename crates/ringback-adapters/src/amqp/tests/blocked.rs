//! A broker that is short of memory tells publishers to wait: a proxy says so in its stead.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use url::Url;

use super::*;

#[tokio::test]
async fn a_blocked_broker_is_not_ready_and_nobody_waits_for_it() {
    let Some(address) = broker() else { return };
    let proxy = Proxy::start(&address).await;
    let prefix = unique_prefix();
    let bus = connect(&proxy.address, &prefix).await.unwrap();
    // Every lane has its channel.
    for _ in 0..8 {
        publish(&bus).await.unwrap();
    }
    assert!(bus.is_ready());

    // One publication is on its way when the broker blocks.
    proxy.mode.send_replace(Mode::Held);
    let sent = *proxy.sent.borrow();
    let under_way = tokio::spawn({
        let bus = bus.clone();
        async move { publish(&bus).await }
    });
    let mut sending = proxy.sent.clone();
    sending.wait_for(|now| *now > sent + BODY).await.unwrap();
    proxy.mode.send_replace(Mode::Blocked);
    assert!(matches!(
        under_way.await.unwrap(),
        Err(PublishError::Unavailable(_))
    ));
    assert!(!bus.is_ready());
    assert!(matches!(
        publish(&bus).await,
        Err(PublishError::Unavailable(_))
    ));

    proxy.mode.send_replace(Mode::Open);
    until(|| bus.is_ready()).await;
    publish(&bus).await.unwrap();
    erase(&address, &prefix).await;
}

const BODY: usize = 10_000;

async fn publish(bus: &AmqpBus) -> Result<(), PublishError> {
    let message = Message {
        body: vec![b'x'; BODY],
        ..Message::default()
    };
    let publishing = bus.publish(vec![(Address::Queue(Queue::Schedule), message)]);
    tokio::time::timeout(PATIENCE, publishing)
        .await
        .unwrap()
        .remove(0)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Open,
    /// What the broker says is kept back.
    Held,
    /// As well, and the client was told that the broker takes no messages.
    Blocked,
}

struct Proxy {
    address: String,
    mode: watch::Sender<Mode>,
    /// How many bytes clients have sent.
    sent: watch::Receiver<usize>,
}

impl Proxy {
    async fn start(broker: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut address = Url::parse(broker).unwrap();
        let place = (
            address.host_str().unwrap().to_owned(),
            address.port().unwrap_or(5672),
        );
        let own = listener.local_addr().unwrap();
        address.set_host(Some(&own.ip().to_string())).unwrap();
        address.set_port(Some(own.port())).unwrap();
        let (mode, _) = watch::channel(Mode::Open);
        let (count, sent) = watch::channel(0);
        let modes = mode.clone();
        tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let server = TcpStream::connect(place.clone()).await.unwrap();
                let (from_client, to_client) = client.into_split();
                let (from_server, to_server) = server.into_split();
                tokio::spawn(carry_up(from_client, to_server, count.clone()));
                tokio::spawn(carry_down(from_server, to_client, modes.subscribe()));
            }
        });
        Self {
            address: address.to_string(),
            mode,
            sent,
        }
    }
}

async fn carry_up(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, count: watch::Sender<usize>) {
    let mut bytes = vec![0; 4096];
    while let Ok(size @ 1..) = from.read(&mut bytes).await {
        if to.write_all(&bytes[..size]).await.is_err() {
            return;
        }
        count.send_modify(|sent| *sent += size);
    }
}

async fn carry_down(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut modes: watch::Receiver<Mode>,
) {
    let (frames, mut arriving) = mpsc::channel(100);
    tokio::spawn(async move {
        while let Some(frame) = read_frame(&mut from).await {
            if frames.send(frame).await.is_err() {
                return;
            }
        }
    });
    let mut mode = Mode::Open;
    loop {
        let bytes = tokio::select! {
            changed = modes.changed() => {
                if changed.is_err() {
                    return;
                }
                let before = std::mem::replace(&mut mode, *modes.borrow_and_update());
                match (before, mode) {
                    (_, Mode::Blocked) => connection_frame(60, b"\x03low"),
                    (Mode::Blocked, Mode::Open) => connection_frame(61, b""),
                    (_, Mode::Open | Mode::Held) => Vec::new(),
                }
            }
            frame = arriving.recv(), if mode == Mode::Open => match frame {
                Some(frame) => frame,
                None => return,
            },
        };
        if to.write_all(&bytes).await.is_err() {
            return;
        }
    }
}

/// Type, channel and size, the payload, and an end mark.
async fn read_frame(from: &mut OwnedReadHalf) -> Option<Vec<u8>> {
    let mut frame = vec![0; 7];
    from.read_exact(&mut frame).await.ok()?;
    let size = u32::from_be_bytes(frame[3..7].try_into().unwrap()) as usize;
    frame.resize(7 + size + 1, 0);
    from.read_exact(&mut frame[7..]).await.ok()?;
    Some(frame)
}

/// A method of the class `connection`.
fn connection_frame(method: u8, arguments: &[u8]) -> Vec<u8> {
    let size = u8::try_from(4 + arguments.len()).unwrap();
    let start = [1, 0, 0, 0, 0, 0, size, 0, 10, 0, method];
    [&start, arguments, &[0xce]].concat()
}
