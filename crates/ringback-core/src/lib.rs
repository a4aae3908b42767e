//! Vocabulary and decisions of Ringback.
//!
//! Everything here is a pure function or a machine over plain data: what happens to a callback, an agent or a lane is
//! decided from the record, the input and the time, which are all arguments. Nothing here waits, reads a clock, draws a
//! random number or talks to anybody, so every decision can be tried in a table.
#![deny(missing_docs)]

pub mod access;
pub mod acd;
pub mod admission;
pub mod agent;
pub mod audit;
pub mod availability;
pub mod bulletin;
pub mod calendar;
pub mod call;
pub mod callback;
pub mod capacity;
pub mod cfg_text;
pub mod chat;
pub mod dialog;
pub mod digits;
pub mod event;
pub mod event_list;
pub mod ewt;
pub mod frames;
pub mod gate;
pub mod ids;
pub mod installation;
pub mod key;
pub mod lane;
pub mod live;
mod nearest;
pub mod notify;
pub mod outbound;
pub mod phone;
pub mod priority;
pub mod proxy;
pub mod record;
pub mod reporting;
pub mod request;
pub mod service;
pub mod session;
pub mod slots;
pub mod span;
pub mod subscription;
pub mod target;
#[cfg(test)]
mod tests;
pub mod time;
pub mod timetable;
pub mod trunk;
pub mod unique_keys;
pub mod untrusted;
pub mod watch;
pub mod zone;
