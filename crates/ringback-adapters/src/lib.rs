//! Redis, SQLite, AMQP, webhook and phone network behind the ports.

pub mod phone;
pub mod simulator;
