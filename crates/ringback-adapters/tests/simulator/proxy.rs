//! A wire between client and network that can be cut.

use std::net::SocketAddr;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Passes connections on to a network while it is whole.
pub struct Proxy {
    pub listens: SocketAddr,
    /// Whether connections are passed on, and how often they were cut.
    whole: watch::Sender<(bool, u32)>,
    _task: JoinSet<()>,
}

impl Proxy {
    pub async fn to(network: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let listens = listener.local_addr().unwrap();
        let (whole, state) = watch::channel((true, 0));
        let mut task = JoinSet::new();
        task.spawn(pass(listener, network, state));
        Self {
            listens,
            whole,
            _task: task,
        }
    }

    /// Breaks every connection; new ones are passed on.
    pub fn cut(&self) {
        self.whole.send_modify(|(_, cuts)| *cuts += 1);
    }

    /// Breaks every connection, new ones at once.
    pub fn down(&self) {
        self.whole.send_modify(|(whole, cuts)| {
            *whole = false;
            *cuts += 1;
        });
    }

    pub fn up(&self) {
        self.whole.send_modify(|(whole, _)| *whole = true);
    }
}

async fn pass(listener: TcpListener, network: SocketAddr, state: watch::Receiver<(bool, u32)>) {
    let mut connections = JoinSet::new();
    loop {
        let (client, _) = listener.accept().await.unwrap();
        let mut state = state.clone();
        if state.borrow_and_update().0 {
            connections.spawn(join(client, network, state));
        }
    }
}

async fn join(mut client: TcpStream, network: SocketAddr, mut state: watch::Receiver<(bool, u32)>) {
    let mut server = TcpStream::connect(network).await.unwrap();
    tokio::select! {
        // An end like any other.
        ended = copy_bidirectional(&mut client, &mut server) => drop(ended),
        changed = state.changed() => changed.unwrap(),
    }
}
