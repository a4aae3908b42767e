//! A target that accepts connections and never answers.

use std::net::Ipv4Addr;

use tokio::net::TcpListener;
use tokio_util::task::AbortOnDropHandle;

/// The most connections it has.
const CONNECTIONS: usize = 4096;

pub struct Silent {
    /// Where notifications are posted to.
    pub url: String,
    _accepting: AbortOnDropHandle<()>,
}

impl Silent {
    pub async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}/", listener.local_addr()?);
        let accepting = tokio::spawn(async move {
            let mut connections = Vec::new();
            while let Ok((connection, _)) = listener.accept().await {
                if connections.len() < CONNECTIONS {
                    connections.push(connection);
                }
            }
        });
        Ok(Self {
            url,
            _accepting: AbortOnDropHandle::new(accepting),
        })
    }
}
