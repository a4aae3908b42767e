//! Watching callbacks as they go.
//!
//! Whoever commits events says which callback to look at, to everybody who listens; whoever listens reads the callback's
//! log from where it has seen it last. So what is shown comes from the store, in order and each event once, whatever
//! becomes of the hints. Both sides are machines over plain data: the publisher's is [`Audience`], the watcher's [`Seen`].

mod audience;
mod seen;

pub use audience::{Audience, SILENCE};
pub use seen::{MOST_SEEN, Read, Seen};
