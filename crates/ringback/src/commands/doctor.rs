//! `ringback doctor`: checks what a process would need, one line each.

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::time::Duration;

use ringback_adapters::bus::AnyBus;
use ringback_adapters::phone::AnyPhone;
use ringback_adapters::store::AnyStore;
use ringback_core::key::{Key, Kind};
use ringback_ports::bus::Bus;
use ringback_ports::clock::Clock;
use ringback_ports::store::Store;
use ringback_workers::watched::Chain;

use crate::args::Doctor;
use crate::config::Configuration;
use crate::parts;
use crate::print::line;

mod clock;
mod installation;
mod redis;
mod services;

/// How long one check may take.
const LIMIT: Duration = Duration::from_secs(10);

pub async fn run(doctor: Doctor) -> anyhow::Result<ExitCode> {
    let shared = &doctor.shared;
    let store = shared.store.as_deref().unwrap_or("memory:");
    let bus = shared.bus.as_deref().unwrap_or("memory:");
    let mut results = vec![report("configuration", configuration(&doctor))];
    let store_is_there = report("store", limited(check_store(store)).await);
    results.push(store_is_there);
    // One that is away is said once.
    if store_is_there {
        results.extend([
            report("installation", limited(installation::check(store)).await),
            report("durability", limited(redis::check(store)).await),
            report("clock", limited(clock::check(store)).await),
        ]);
    }
    results.extend([
        report("broker", limited(check_bus(bus)).await),
        report(
            "phone network",
            limited(check_phone(&doctor.phone.telephony, &trunks(&doctor))).await,
        ),
    ]);
    // What cannot be read at all is told above.
    if let Ok(Ok(found)) = tokio::time::timeout(LIMIT, services::check(&doctor)).await {
        let found = found.into_iter().map(|it| it.map_err(anyhow::Error::msg));
        results.extend(found.map(|result| report("services", result)));
    }
    let healthy = results.iter().all(|healthy| *healthy);
    Ok(if healthy {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn report(what: &str, result: anyhow::Result<String>) -> bool {
    match &result {
        Ok(found) => line(&format!("ok    {what:14} {found}")),
        Err(error) => line(&format!("FAIL  {what:14} {}", Chain(error.as_ref()))),
    }
    result.is_ok()
}

async fn limited(check: impl Future<Output = anyhow::Result<String>>) -> anyhow::Result<String> {
    tokio::time::timeout(LIMIT, check).await?
}

fn configuration(doctor: &Doctor) -> anyhow::Result<String> {
    let found = Configuration::read(doctor.shared.config.as_deref())?;
    // Certificates and proxies show only here whether they can be used.
    parts::sender(&found, Clock::system())?;
    Ok(format!(
        "{} services, {} agents, {} event lists, {} providers",
        found.services.len(),
        found.agents.len(),
        found.event_lists.len(),
        found.providers.len()
    ))
}

async fn check_store(address: &str) -> anyhow::Result<String> {
    let store = AnyStore::open(address, Clock::system()).await?;
    store.get(&[Key::new(Kind::House, "probe")]).await?;
    let shared = if store.is_shared() {
        "shared by workers"
    } else {
        "for one process"
    };
    Ok(format!("answers, {shared}"))
}

async fn check_bus(address: &str) -> anyhow::Result<String> {
    let bus = AnyBus::connect(address, "doctor").await?;
    anyhow::ensure!(
        bus.is_ready(),
        "the broker is connected but blocks publishing"
    );
    let shared = if bus.is_shared() {
        "shared by workers"
    } else {
        "for one process"
    };
    Ok(format!("answers, {shared}"))
}

/// The trunk groups that services go out by; none when the configuration cannot be read, which is told above.
fn trunks(doctor: &Doctor) -> Vec<String> {
    let found = Configuration::read(doctor.shared.config.as_deref());
    let services = found.iter().flat_map(|found| found.services.values());
    let trunks = services.map(|service| service.options.dialing.trunk.clone());
    trunks.collect::<BTreeSet<_>>().into_iter().collect()
}

async fn check_phone(address: &str, trunks: &[String]) -> anyhow::Result<String> {
    let phone = AnyPhone::connect(address).await?;
    let missing = phone.missing(trunks).await.map_err(anyhow::Error::msg)?;
    anyhow::ensure!(missing.is_empty(), "{}", missing.join("; "));
    Ok(if phone.is_shared() {
        "answers"
    } else {
        "simulated in this process"
    }
    .to_owned())
}
