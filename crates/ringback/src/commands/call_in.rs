//! `ringback call-in`: a customer of the simulated phone network calls.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use ringback_adapters::simulator::client::SimulatorClient;
use ringback_core::access::{AccessCode, Arrival};
use ringback_core::call::{CallId, CallStatus};

use crate::args::CallIn;
use crate::print::line;

/// How often is looked at how the call stands.
const LOOK: Duration = Duration::from_millis(50);

pub async fn run(options: CallIn) -> anyhow::Result<ExitCode> {
    let CallIn {
        network,
        to,
        from,
        code,
        limit,
    } = options;
    let network = SimulatorClient::connect(&network)
        .await
        .context("--network")?;
    let arrival = Arrival {
        to,
        from,
        code: code.as_deref().map(AccessCode::entered),
    };
    let call = CallId::from_wire(format!("in-{}", uuid::Uuid::now_v7()));
    network
        .call_in(&call, arrival)
        .await
        .context("nobody takes the call")?;
    line(&format!("calling: {call}"));
    let limit = Duration::from_secs(limit);
    match tokio::time::timeout(limit, follow(&network, &call)).await {
        Ok(talked) => talked,
        Err(_) => bail!("the call is not over after {} s", limit.as_secs()),
    }
}

/// Tells how the call goes until it is over; it has failed when nobody has talked to the customer.
async fn follow(network: &SimulatorClient, call: &CallId) -> anyhow::Result<ExitCode> {
    let mut told = CallStatus::Unknown;
    loop {
        let status = network.dialed(call).await?.status;
        if status != told {
            line(describe(status));
            told = status;
        }
        match status {
            CallStatus::Over { connected: true } => return Ok(ExitCode::SUCCESS),
            CallStatus::Over { connected: false } | CallStatus::Failed { .. } => {
                return Ok(ExitCode::FAILURE);
            }
            CallStatus::Unknown
            | CallStatus::Ringing
            | CallStatus::Summoned { .. }
            | CallStatus::Up { .. } => tokio::time::sleep(LOOK).await,
        }
    }
}

const fn describe(status: CallStatus) -> &'static str {
    match status {
        CallStatus::Unknown | CallStatus::Ringing | CallStatus::Summoned { .. } => "ringing",
        CallStatus::Up {
            connected: false, ..
        } => "waiting for an agent",
        CallStatus::Up {
            connected: true, ..
        } => "talking",
        CallStatus::Over { connected: true } => "over",
        CallStatus::Over { connected: false } | CallStatus::Failed { .. } => {
            "over without an agent"
        }
    }
}
