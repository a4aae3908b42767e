//! Status notifications as their receivers see them.

mod endings;
mod hostile;
mod lists;
mod order;
mod signatures;
mod subscriptions;
mod types;
