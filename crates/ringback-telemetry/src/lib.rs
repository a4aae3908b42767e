//! What Ringback tells about itself: logs, traces, and the names in them.
//!
//! One process installs one subscriber ([`init`]). Everybody else opens spans by the functions of [`names`], carries their
//! context over queues and through the store with [`propagation`], and counts with [`Counters`].

pub mod names;
pub mod propagation;

mod counters;
mod labelled;
mod refusals;
mod subscriber;
mod throttle;
mod unreadable;

pub use counters::{Counter, Counters};
pub use labelled::Labelled;
pub use refusals::Refusals;
pub use subscriber::{Guard, LogFormat, TelemetryError, TelemetryOptions, init};
pub use throttle::Throttle;
pub use unreadable::Unreadable;
