//! Whole-system tests: the real binary, embedded and as four worker processes over a real broker and store.

mod command_line;
mod crash;
mod harness;
mod http_api;
mod intake;
mod life_cycle;
mod sequence;
