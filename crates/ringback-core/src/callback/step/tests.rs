//! What may happen to a callback, as stories that are played and compared word by word (see [`story`]).

mod story;

mod agents;
mod attempts;
mod cancel;
mod dialers;
mod early;
mod ignored;
mod laws;
mod limits;
mod order;
mod reported;
mod scenarios;
mod snooze;
mod stages;
mod submitting;
mod update;
mod world;
