//! The stores, on real files and servers.

mod conformance;
mod failover;
mod failures;
mod full;
mod opening;
mod proxy;
mod servers;
