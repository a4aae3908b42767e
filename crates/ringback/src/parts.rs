//! The parts that processes are made of: workers, listeners, probes.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use axum::Router;
use ringback_adapters::phone::AnyPhone;
use ringback_adapters::webhook::{WebhookOptions, WebhookSender};
use ringback_api::{Access, Role, Users};
use ringback_core::outbound::AllowList;
use ringback_ports::clock::Clock;
use ringback_workers::scheduler::Limits;
use ringback_workers::{dialer, ingest, notifier, scheduler};
use tokio::net::{TcpListener, TcpSocket};

use crate::args::Listen;
use crate::condition::Condition;
use crate::config::Configuration;
use crate::guarded::guarded;
use crate::life::Life;
use crate::rooms::{Opened, Rooms};
use crate::serving::{self, ConnectionLimits};

/// How many connections wait to be accepted.
const BACKLOG: u32 = 1024;

/// Serves the probes where they are asked for.
///
/// # Errors
/// When the address is taken.
pub fn serve_health(
    life: &mut Life,
    address: Option<SocketAddr>,
    condition: &Condition,
) -> anyhow::Result<()> {
    let Some(address) = address else {
        return Ok(());
    };
    let listener = bind("--health-listen", address)?;
    let limits = ConnectionLimits::PROBES;
    serve(life, "health", listener, health(condition), limits);
    Ok(())
}

/// The routes of the probes.
pub fn health(condition: &Condition) -> Router {
    ringback_api::health(Arc::new(condition.clone()))
}

/// Serves the API; where it is reached. The probes stand beside it when they have no listener of their own: what they and
/// the counters tell is not for everybody who reaches the API.
///
/// # Errors
/// When the address is taken, or open to others without credentials.
pub fn serve_api(
    life: &mut Life,
    opened: &Opened,
    listen: &Listen,
    health: Option<Router>,
) -> anyhow::Result<SocketAddr> {
    let users = users(opened, listen)?;
    if users.is_empty() && !listen.listen.ip().is_loopback() {
        bail!(
            "--listen {} is reachable from outside: give --api-user and --api-password, or [users.…] or [keys.…] in the \
             configuration, or listen on 127.0.0.1",
            listen.listen
        );
    }
    let serving = &listen.serving;
    let access = Access {
        browsers: serving.browsers(!users.is_empty())?,
        users,
        keep_audit: opened.configuration.keep_audit,
        proxies: serving.proxies()?,
        body_timeout: Duration::from_secs(serving.body_timeout),
    };
    let listener = bind("--listen", listen.listen)?;
    let address = listener.local_addr()?;
    let routes = ringback_api::api(opened.desk(), access);
    let routes = match &opened.house.keys.base {
        Some(base) => ringback_api::also_under(base, routes),
        None => routes,
    };
    let routes = routes.merge(health.unwrap_or_default());
    let routes = guarded(routes, opened.house.counters.clone());
    serve(life, "api", listener, routes, serving.limits());
    tracing::info!(%address, "serving the API");
    Ok(address)
}

/// The user of the command line, who may do everything, and those of the configuration.
fn users(opened: &Opened, listen: &Listen) -> anyhow::Result<Users> {
    let mut users = Users::default();
    if let (Some(user), Some(password)) = (&listen.api_user, &listen.api_password) {
        let user = users.add(user, Role::Admin, password);
        user.context("--api-user and --api-password (RINGBACK_API_USER, RINGBACK_API_PASSWORD)")?;
    }
    let configuration = &opened.configuration;
    for user in &configuration.users {
        users.add(&user.name, user.role, &user.password)?;
    }
    for key in &configuration.keys {
        users.add_key(&key.name, key.role, &key.sum)?;
    }
    Ok(users)
}

fn bind(option: &str, address: SocketAddr) -> anyhow::Result<TcpListener> {
    listen(address).with_context(|| format!("{option} {address} cannot be used"))
}

/// With room for connections that come at once, as after a proxy's restart.
fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4(),
        SocketAddr::V6(_) => TcpSocket::new_v6(),
    }?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves until the stop, and then what is under way.
pub fn serve(
    life: &mut Life,
    name: &'static str,
    listener: TcpListener,
    routes: Router,
    limits: ConnectionLimits,
) {
    let stop = life.stop.clone();
    life.run(name, serving::serve(listener, routes, limits, stop));
}

/// The intake of requests from the queue.
pub fn intake(life: &mut Life, house: &Rooms) {
    life.run("ingest", ingest::run(house.clone()));
}

/// The scheduler.
pub fn schedule(life: &mut Life, opened: &Opened, limits: crate::args::Limits) {
    let house = &opened.house;
    let limits = Limits {
        calls: limits.max_calls,
        dead_kept: opened.configuration.notifier.dead_kept,
        ..Limits::default()
    };
    life.run("scheduler", scheduler::run(house.clone(), limits));
}

/// The dialer.
pub fn dial(life: &mut Life, house: &Rooms, phone: AnyPhone) {
    life.run("dialer", dialer::run(house.clone(), phone));
}

/// Keeps what people set up to date in this process.
pub fn settings(life: &mut Life, house: &Rooms) {
    life.run("settings", house.clone().watch_settings());
}

/// The notifier.
///
/// # Errors
/// When a provider's credentials, certificates or proxy cannot be used.
pub fn notify(life: &mut Life, opened: &Opened) -> anyhow::Result<()> {
    let configuration = &opened.configuration;
    let sender = sender(configuration, opened.house.clock.clone())?;
    let options = configuration.notifier.options.clone();
    life.run(
        "notifier",
        notifier::run(opened.house.clone(), sender, options),
    );
    Ok(())
}

/// What notifications leave by.
///
/// # Errors
/// When a provider's credentials, certificates or proxy cannot be used.
pub fn sender(configuration: &Configuration, clock: Clock) -> anyhow::Result<WebhookSender> {
    let settings = &configuration.notifier;
    let options = WebhookOptions {
        allow: AllowList::clone(&configuration.allow),
        providers: configuration.ways.clone(),
        connect_timeout: settings.connect_timeout,
        total_timeout: settings.total_timeout,
        clock,
    };
    Ok(WebhookSender::new(options)?)
}
