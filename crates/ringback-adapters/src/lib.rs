//! The ports' real adapters: each speaks to one kind of server, and nobody else does.

pub mod ami;
pub mod amqp;
pub mod asterisk;
pub mod bus;
pub mod open_error;
pub mod phone;
pub mod redis;
pub mod simulator;
pub mod sqlite;
pub mod store;
pub mod webhook;
