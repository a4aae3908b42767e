//! Ingest: the front desk, and the intake of requests from the queue.

mod admin;
mod agents;
mod board;
mod booking;
mod changes;
mod chats;
mod desk;
mod dialogs;
mod intake;
mod live;
mod notifications;
mod places;
mod query;
mod queues;
mod refusals;
mod reports;
mod resources;
mod services;
mod sessions;
mod settings;
mod start;
mod views;

pub use desk::FrontDesk;
pub use intake::run;
