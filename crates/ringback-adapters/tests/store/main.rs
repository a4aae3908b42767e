//! The stores, on real files and servers.

mod conformance;
mod failures;
mod opening;
mod proxy;
mod servers;
