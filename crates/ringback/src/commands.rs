//! The commands.

pub mod audit;
pub mod bench;
pub mod call_in;
pub mod callback;
pub mod client;
pub mod deliveries;
pub mod demo;
pub mod doctor;
pub mod events;
pub mod openapi;
pub mod phone_network;
pub mod report;
pub mod service;
pub mod up;
pub mod user;
pub mod worker;
