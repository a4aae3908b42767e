//! The ports' real adapters: each speaks to one kind of server, and nobody else does.

pub mod redis;
pub mod sqlite;
pub mod store;
