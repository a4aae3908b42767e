//! Ingest: the front desk, and the intake of requests from the queue.

mod agents;
mod desk;
mod intake;
mod queues;

pub use desk::FrontDesk;
pub use intake::run;
