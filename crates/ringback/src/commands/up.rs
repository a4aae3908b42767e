//! `ringback up`: everything in one process.

use std::net::SocketAddr;
use std::process::ExitCode;

use ringback_adapters::phone::AnyPhone;

use crate::args::Up;
use crate::life::Life;
use crate::parts;
use crate::rooms::{Company, Opened};

pub async fn run(up: Up) -> anyhow::Result<ExitCode> {
    let mut life = Life::new();
    start(&mut life, &up).await?;
    life.until_the_end().await
}

/// Starts all parts; where the API is reached.
pub async fn start(life: &mut Life, up: &Up) -> anyhow::Result<SocketAddr> {
    let stop = life.stop.clone();
    let opened = Opened::open("up", &up.shared, Company::Alone, &stop).await?;
    let phone = AnyPhone::connect(&up.phone.telephony).await?;
    opened.seat_agents().await?;
    opened.write_settings().await?;
    let health = parts::condition(life, &opened, Some(phone.clone()));
    let address = parts::serve_api(life, &opened, &up.listen, health.clone()).await?;
    parts::serve_health(life, up.shared.health_listen, health).await?;
    parts::intake(life, &opened.house);
    parts::schedule(life, &opened.house, up.limits);
    parts::dial(life, &opened.house, phone);
    parts::settings(life, &opened.house);
    parts::notify(life, &opened)?;
    Ok(address)
}
