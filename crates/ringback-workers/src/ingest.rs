//! Ingest: the front desk, and the intake of requests from the queue.

mod admin;
mod agents;
mod changes;
mod desk;
mod intake;
mod notifications;
mod query;
mod queues;
mod refusals;
mod services;
mod start;
mod views;

pub use desk::FrontDesk;
pub use intake::run;
