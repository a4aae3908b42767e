//! The workers: ingest, scheduler, dialer and notifier, on one way of doing things.
//!
//! Every worker receives (a message, an alarm, a telephony event), loads the document it is about, lets
//! `ringback-core` decide, commits, and only then acts. A message is settled when that is through; if the worker dies
//! before, the message or the document's alarm comes again and finds either the old record, and the decision is made
//! once more, or the new one, and there is nothing to do. That is the whole delivery guarantee.

pub mod dialer;
pub mod heartbeat;
pub mod hint;
pub mod house;
pub mod ingest;
pub mod notifier;
pub mod panics;
pub mod runner;
pub mod scheduler;
pub mod settings;
#[cfg(test)]
mod testing;
pub mod watched;
