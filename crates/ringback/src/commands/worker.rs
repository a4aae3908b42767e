//! The four workers, each as a process of its own.

use std::net::SocketAddr;
use std::process::ExitCode;

use anyhow::bail;
use ringback_adapters::phone::{AddressError, AnyPhone};

use crate::args::{Dialer, Ingest, Notifier, Scheduler, Shared};
use crate::condition::{Condition, Needs};
use crate::config::Configuration;
use crate::life::Life;
use crate::parts;
use crate::rooms::{Company, Opened, waited_for};

/// A worker before anything is opened: it takes signals, and its probes answer.
struct Starting {
    life: Life,
    condition: Condition,
    configuration: Configuration,
}

impl Starting {
    fn new(needs: Needs, shared: &Shared, health: Option<SocketAddr>) -> anyhow::Result<Self> {
        let mut life = Life::new()?;
        let configuration = Configuration::read(shared.config.as_deref())?;
        let condition = Condition::new(needs, life.stop.clone());
        parts::serve_health(&mut life, health, &condition)?;
        Ok(Self {
            life,
            condition,
            configuration,
        })
    }
}

pub async fn ingest(ingest: Ingest) -> anyhow::Result<ExitCode> {
    let shared = &ingest.shared;
    let Starting {
        mut life,
        condition,
        configuration,
    } = Starting::new(Needs::STORE, shared, shared.health_listen)?;
    let opening = async {
        let opened =
            Opened::open("ingest", shared, Company::Others, configuration, &condition).await?;
        opened.seat_agents().await?;
        opened.write_settings().await?;
        Ok(opened)
    };
    let Some(opened) = life.starting(opening).await? else {
        return life.until_the_end().await;
    };
    let health = shared.health_listen.is_none();
    let health = health.then(|| parts::health(&condition));
    parts::serve_api(&mut life, &opened, &ingest.listen, health)?;
    parts::settings(&mut life, &opened.house);
    parts::intake(&mut life, &opened.house);
    opened.has_started(&mut life, &condition, None, true);
    life.until_the_end().await
}

pub async fn scheduler(scheduler: Scheduler) -> anyhow::Result<ExitCode> {
    let shared = &scheduler.shared;
    let Starting {
        mut life,
        condition,
        configuration,
    } = Starting::new(Needs::STORE, shared, shared.health_listen)?;
    let opening = Opened::reading("scheduler", shared, configuration, &condition);
    let Some(opened) = life.starting(opening).await? else {
        return life.until_the_end().await;
    };
    parts::settings(&mut life, &opened.house);
    parts::schedule(&mut life, &opened, scheduler.limits);
    opened.has_started(&mut life, &condition, None, false);
    life.until_the_end().await
}

pub async fn dialer(dialer: Dialer) -> anyhow::Result<ExitCode> {
    let shared = &dialer.shared;
    let needs = Needs {
        broker: true,
        phone: true,
    };
    let Starting {
        mut life,
        condition,
        configuration,
    } = Starting::new(needs, shared, shared.health_listen)?;
    let opening = async {
        let opened = Opened::reading("dialer", shared, configuration, &condition).await?;
        let phone = || AnyPhone::connect(&dialer.phone.telephony);
        condition.waits_for("the phone network");
        let phone = waited_for("the phone network", AddressError::is_away, phone).await?;
        if !phone.is_shared() {
            bail!(
                "dialer cannot use a phone network inside its own process: --telephony must be sim://HOST:PORT \
                 (start one with: ringback phone-network)"
            );
        }
        Ok((opened, phone))
    };
    let Some((opened, phone)) = life.starting(opening).await? else {
        return life.until_the_end().await;
    };
    parts::settings(&mut life, &opened.house);
    parts::dial(&mut life, &opened.house, phone.clone());
    opened.has_started(&mut life, &condition, Some(phone), false);
    life.until_the_end().await
}

pub async fn notifier(notifier: Notifier) -> anyhow::Result<ExitCode> {
    let shared = &notifier.shared;
    let needs = Needs {
        broker: true,
        phone: false,
    };
    let Starting {
        mut life,
        condition,
        configuration,
    } = Starting::new(needs, shared, shared.health_listen)?;
    let opening = Opened::reading("notifier", shared, configuration, &condition);
    let Some(opened) = life.starting(opening).await? else {
        return life.until_the_end().await;
    };
    parts::settings(&mut life, &opened.house);
    parts::notify(&mut life, &opened)?;
    opened.has_started(&mut life, &condition, None, false);
    life.until_the_end().await
}
