//! The outside world as traits, the messages that cross it, memory adapters that are real adapters, and the
//! conformance suites that every store, bus and phone network has to pass.
#![deny(missing_docs)]

pub mod acd;
pub mod bus;
pub mod clock;
pub mod desk;
pub mod sender;
pub mod store;
pub mod telephony;
