//! What may happen to a callback, as stories that are played and compared word by word (see [`story`]).

mod story;

mod agent_first;
mod agents;
mod arranging;
mod attempts;
mod cancel;
mod dial_gate;
mod dialers;
mod early;
mod ignored;
mod laws;
mod limits;
mod order;
mod parting;
mod patience;
mod paused;
mod reported;
mod scenarios;
mod snooze;
mod stages;
mod submitting;
mod update;
mod world;
