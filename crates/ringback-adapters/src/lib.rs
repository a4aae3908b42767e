//! Adapters to what is outside: each implements a port of `ringback-ports`.

pub mod amqp;
pub mod bus;
pub mod webhook;
