//! A stretch of wire that can be cut.

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What happens to what is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wire {
    Open,
    /// Connections are closed, and so is every new one.
    Cut,
    /// Nothing that is sent arrives.
    Silent,
    /// The first request that holds these bytes arrives and is answered, but the connection ends before the answer is
    /// back; then the wire is open again.
    LosesAnswerTo(&'static [u8]),
}

pub struct Proxy {
    pub port: u16,
    wire: Arc<watch::Sender<Wire>>,
}

impl Proxy {
    /// A wire to `upstream`, which is `host:port`.
    pub async fn to(upstream: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let wire = Arc::new(watch::Sender::new(Wire::Open));
        let shared = Arc::clone(&wire);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (upstream, wire) = (upstream.clone(), Arc::clone(&shared));
                tokio::spawn(async move { drop(pass(client, upstream, &wire).await) });
            }
        });
        Self { port, wire }
    }

    pub fn set(&self, wire: Wire) {
        self.wire.send_replace(wire);
    }

    pub fn is_open(&self) -> bool {
        *self.wire.borrow() == Wire::Open
    }
}

async fn pass(
    mut client: TcpStream,
    upstream: String,
    wire: &watch::Sender<Wire>,
) -> io::Result<()> {
    let mut changes = wire.subscribe();
    let mut server = TcpStream::connect(upstream).await?;
    let (mut request, mut answer) = (vec![0; 65536], vec![0; 65536]);
    loop {
        if *changes.borrow_and_update() == Wire::Cut {
            return Ok(());
        }
        tokio::select! {
            _ = changes.changed() => {}
            read = client.read(&mut request) => {
                let sent = &request[..read?];
                let now = wire.borrow().clone();
                match now {
                    _ if sent.is_empty() => return Ok(()),
                    Wire::Silent => continue,
                    Wire::Cut => return Ok(()),
                    Wire::Open => server.write_all(sent).await?,
                    Wire::LosesAnswerTo(part) => {
                        server.write_all(sent).await?;
                        if sent.windows(part.len()).any(|window| window == part) {
                            let _answer = server.read(&mut answer).await?;
                            wire.send_replace(Wire::Open);
                            return Ok(());
                        }
                    }
                }
            }
            read = server.read(&mut answer) => match read? {
                0 => return Ok(()),
                length => client.write_all(&answer[..length]).await?,
            },
        }
    }
}
