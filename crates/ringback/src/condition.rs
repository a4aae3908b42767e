//! What the probes of a process answer, from before anything is opened until its end.
//!
//! * startup: the configuration is valid; an outage must not have the process started again and again;
//! * ready: it can do its work. What it can do without is a gauge and a warning;
//! * live: its own loops turn, whatever else is away.

use std::fmt::Write;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use ringback_adapters::bus::AnyBus;
use ringback_adapters::phone::AnyPhone;
use ringback_api::Health;
use ringback_ports::bus::Bus;
use ringback_ports::telephony::Telephony;
use ringback_telemetry::Counters;
use ringback_workers::heartbeat::Pulse;
use tokio_util::sync::CancellationToken;

/// What a process cannot do its work without, besides the store.
#[derive(Clone, Copy)]
pub struct Needs {
    /// It takes work from the broker. Whoever only hints over it does not: alarms stand in for hints.
    pub broker: bool,
    /// It has nothing to do without the phone network.
    pub phone: bool,
}

impl Needs {
    /// A process that answers callers, or works by alarms.
    pub const STORE: Self = Self {
        broker: false,
        phone: false,
    };
}

/// What is known of a process. Clones are one.
#[derive(Clone)]
pub struct Condition(Arc<Inner>);

struct Inner {
    needs: Needs,
    stop: CancellationToken,
    counters: Arc<Counters>,
    pulse: Pulse,
    /// What is waited for, before everything is opened.
    waits_for: Mutex<Option<&'static str>>,
    opened: OnceLock<Opened>,
    /// A [`StoreState`].
    store: AtomicU8,
    shards_away: AtomicUsize,
    /// What was last said to be away.
    warned: Mutex<Vec<&'static str>>,
}

/// How the store is.
#[derive(Clone, Copy)]
pub enum StoreState {
    /// No shard answers.
    Away = 0,
    /// It answers, or a part of it does.
    Up = 1,
    /// It has lost what was in it, and nobody has written again what is configured.
    Lost = 2,
}

struct Opened {
    bus: AnyBus,
    phone: Option<AnyPhone>,
}

impl Condition {
    /// Of a process that starts.
    pub fn new(needs: Needs, stop: CancellationToken) -> Self {
        Self(Arc::new(Inner {
            needs,
            stop,
            counters: Arc::default(),
            pulse: Pulse::default(),
            waits_for: Mutex::new(Some("the store")),
            opened: OnceLock::new(),
            store: AtomicU8::new(StoreState::Away as u8),
            shards_away: AtomicUsize::new(0),
            warned: Mutex::default(),
        }))
    }

    /// What the process counts.
    pub fn counters(&self) -> Arc<Counters> {
        self.0.counters.clone()
    }

    /// The heartbeats of its loops.
    pub fn pulse(&self) -> Pulse {
        self.0.pulse.clone()
    }

    /// Called when it shall end.
    pub fn stop(&self) -> CancellationToken {
        self.0.stop.clone()
    }

    /// The start goes no further until this is there.
    pub fn waits_for(&self, what: &'static str) {
        *self.waited_for() = Some(what);
    }

    /// Everything is there.
    pub fn started(&self, bus: AnyBus, phone: Option<AnyPhone>) {
        self.0.opened.get_or_init(|| Opened { bus, phone });
        self.store_is(StoreState::Up);
        *self.waited_for() = None;
    }

    /// What was found of the store.
    pub fn store_is(&self, state: StoreState) {
        self.0.store.store(state as u8, Ordering::Relaxed);
        self.warn();
    }

    /// How many of its shards do not answer.
    pub fn shards_away(&self, shards: usize) {
        self.0.shards_away.store(shards, Ordering::Relaxed);
    }

    /// One line when something is away, and one when it is back.
    fn warn(&self) {
        let mut warned = self.0.warned.lock().unwrap_or_else(PoisonError::into_inner);
        for (what, is_up) in self.parts() {
            let was_up = !warned.contains(&what);
            if was_up && !is_up {
                warned.push(what);
                let ready = self.ready().is_ok();
                tracing::warn!(what, ready, "away; what can be done without goes on");
            } else if is_up && !was_up {
                warned.retain(|it| *it != what);
                tracing::info!(what, "back");
            }
        }
    }

    /// What the process works with, and whether it is there.
    fn parts(&self) -> Vec<(&'static str, bool)> {
        let mut parts = vec![("store", !self.is(StoreState::Away))];
        if let Some(opened) = self.0.opened.get() {
            parts.push(("broker", opened.bus.is_ready()));
            let phone = opened.phone.as_ref();
            parts.extend(phone.map(|phone| ("phone network", phone.is_ready())));
        }
        parts
    }

    fn is(&self, state: StoreState) -> bool {
        self.0.store.load(Ordering::Relaxed) == state as u8
    }

    fn waited_for(&self) -> MutexGuard<'_, Option<&'static str>> {
        self.0
            .waits_for
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn gauges(&self) -> String {
        let mut text = String::new();
        let mut gauge = |name: &str, help: &str, rows: &[String]| {
            let head = format!("# HELP {name} {help}\n# TYPE {name} gauge\n");
            text.push_str(&head);
            for row in rows {
                // Writing to text does not fail.
                writeln!(text, "{name}{row}").ok();
            }
        };
        let bit = |is_so: bool| format!(" {}", u8::from(is_so));
        gauge(
            "ringback_ready",
            "Whether this process can do its work.",
            &[bit(self.ready().is_ok())],
        );
        for (what, is_up) in self.parts() {
            let (name, help) = match what {
                "store" => ("ringback_store_up", "Whether the store answers."),
                "broker" => (
                    "ringback_bus_connected",
                    "Whether messages can be published and taken.",
                ),
                _ => ("ringback_phone_up", "Whether the phone network answers."),
            };
            gauge(name, help, &[bit(is_up)]);
        }
        gauge(
            "ringback_store_shards_away",
            "How many shards of the store do not answer.",
            &[format!(" {}", self.0.shards_away.load(Ordering::Relaxed))],
        );
        let ages = self.0.pulse.ages().into_iter();
        let rows: Vec<_> = ages
            .map(|(name, age)| format!("{{loop=\"{name}\"}} {}", age.as_secs_f64()))
            .collect();
        gauge(
            "ringback_loop_tick_age_seconds",
            "How long ago each loop of this process turned.",
            &rows,
        );
        text
    }
}

impl Health for Condition {
    fn waits_for(&self) -> Option<&'static str> {
        *self.waited_for()
    }

    fn ready(&self) -> Result<(), String> {
        if self.0.stop.is_cancelled() {
            return Err("ending".to_owned());
        }
        if let Some(what) = *self.waited_for() {
            return Err(format!("waiting for {what}"));
        }
        if self.is(StoreState::Lost) {
            return Err("the store has lost what was in it".to_owned());
        }
        let Needs { broker, phone } = self.0.needs;
        let is_needed = |what| match what {
            "broker" => broker,
            "phone network" => phone,
            _ => true,
        };
        let mut parts = self.parts().into_iter();
        match parts.find(|(what, is_up)| !is_up && is_needed(what)) {
            Some((what, _)) => Err(format!("the {what} is away")),
            None => Ok(()),
        }
    }

    fn live(&self) -> Result<(), String> {
        let stalled = self.0.pulse.stalled();
        if stalled.is_empty() {
            return Ok(());
        }
        let names = stalled.join(", ");
        Err(format!(
            "loops of this process have stopped turning: {names}"
        ))
    }

    fn metrics(&self) -> String {
        self.0.counters.render_prometheus() + &self.gauges()
    }
}
