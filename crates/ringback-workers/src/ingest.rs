//! Ingest: the front desk, and the intake of requests from the queue.

mod admin;
mod agents;
mod booking;
mod changes;
mod desk;
mod dialog;
mod intake;
mod live;
mod notifications;
mod places;
mod query;
mod queues;
mod refusals;
mod reports;
mod services;
mod settings;
mod start;
mod timetables;
mod views;

pub use desk::FrontDesk;
pub use intake::run;
