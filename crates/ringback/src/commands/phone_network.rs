//! `ringback phone-network`: the simulated phone network as a process of its own.

use std::process::ExitCode;

use anyhow::Context;
use ringback_adapters::simulator::{Options, server};
use tokio::net::TcpListener;

use crate::args::PhoneNetwork;
use crate::life::Life;

pub async fn run(network: PhoneNetwork) -> anyhow::Result<ExitCode> {
    let mut life = Life::new()?;
    let listener = TcpListener::bind(network.listen)
        .await
        .with_context(|| format!("--listen {} cannot be used", network.listen))?;
    tracing::info!(address = %listener.local_addr()?, "phone network");
    let options = Options::parse(&network.options).context("--options")?;
    let stop = life.stop.clone();
    life.run(
        "phone network",
        server::serve(listener, options, stop.cancelled_owned()),
    );
    life.until_the_end().await
}
