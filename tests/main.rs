//! Whole-system tests: the real binary, embedded and as four worker processes over a real broker and store.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test ends where something is not as expected, and says what it left out"
)]

mod access;
mod admin;
mod agents;
mod answers;
mod asterisk;
mod audit;
mod backlog;
mod booking;
mod changes;
mod command_line;
mod console;
mod crash;
mod dead_letters;
mod deliveries;
mod dial_gate;
mod doctor;
mod doubled_hints;
mod hand_on;
mod harness;
mod http_api;
mod intake;
mod life_cycle;
mod lost_store;
mod messages;
mod newcomer;
mod notifications;
mod old_numbers;
mod openapi;
mod orphans;
mod outage;
mod protection;
mod queues;
mod readme;
mod repeats;
mod reread;
mod scenarios;
mod schemathesis;
mod sequence;
mod shard_away;
mod spellings;
mod starting;
mod store_full;
mod supervised;
mod traces;
mod trunk_rate;
mod undescribed;
mod v1_events;
mod v1_reports;
mod v1_services;
