//! Status notifications as their receivers see them.

mod hostile;
mod lists;
mod order;
mod signatures;
mod subscriptions;
mod types;
