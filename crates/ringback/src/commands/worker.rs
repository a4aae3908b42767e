//! The four workers, each as a process of its own.

use std::process::ExitCode;

use anyhow::bail;
use ringback_adapters::phone::{AddressError, AnyPhone};

use crate::args::{Dialer, Ingest, Notifier, Scheduler};
use crate::life::Life;
use crate::parts;
use crate::rooms::{Company, Opened, waited_for};

pub async fn ingest(ingest: Ingest) -> anyhow::Result<ExitCode> {
    let mut life = Life::new();
    let stop = life.stop.clone();
    let opened = Opened::open("ingest", &ingest.shared, Company::Others, &stop).await?;
    opened.seat_agents().await?;
    opened.write_settings().await?;
    let health = parts::condition(&mut life, &opened, None);
    parts::serve_api(&mut life, &opened, &ingest.listen, health.clone()).await?;
    parts::serve_health(&mut life, ingest.shared.health_listen, health).await?;
    parts::settings(&mut life, &opened.house);
    parts::intake(&mut life, &opened.house);
    life.until_the_end().await
}

pub async fn scheduler(scheduler: Scheduler) -> anyhow::Result<ExitCode> {
    let mut life = Life::new();
    let stop = life.stop.clone();
    let opened = Opened::open("scheduler", &scheduler.shared, Company::Others, &stop).await?;
    opened.read_settings(&scheduler.shared).await?;
    let health = parts::condition(&mut life, &opened, None);
    parts::serve_health(&mut life, scheduler.shared.health_listen, health).await?;
    parts::settings(&mut life, &opened.house);
    parts::schedule(&mut life, &opened, scheduler.limits);
    life.until_the_end().await
}

pub async fn dialer(dialer: Dialer) -> anyhow::Result<ExitCode> {
    let mut life = Life::new();
    let stop = life.stop.clone();
    let opened = Opened::open("dialer", &dialer.shared, Company::Others, &stop).await?;
    opened.read_settings(&dialer.shared).await?;
    let phone = || AnyPhone::connect(&dialer.phone.telephony);
    let phone = waited_for(Company::Others, AddressError::is_away, phone).await?;
    if !phone.is_shared() {
        bail!(
            "dialer cannot use a phone network inside its own process: --telephony must be sim://HOST:PORT \
             (start one with: ringback phone-network)"
        );
    }
    let health = parts::condition(&mut life, &opened, Some(phone.clone()));
    parts::serve_health(&mut life, dialer.shared.health_listen, health).await?;
    parts::settings(&mut life, &opened.house);
    parts::dial(&mut life, &opened.house, phone);
    life.until_the_end().await
}

pub async fn notifier(notifier: Notifier) -> anyhow::Result<ExitCode> {
    let mut life = Life::new();
    let stop = life.stop.clone();
    let opened = Opened::open("notifier", &notifier.shared, Company::Others, &stop).await?;
    opened.read_settings(&notifier.shared).await?;
    let health = parts::condition(&mut life, &opened, None);
    parts::serve_health(&mut life, notifier.shared.health_listen, health).await?;
    parts::settings(&mut life, &opened.house);
    parts::notify(&mut life, &opened)?;
    life.until_the_end().await
}
