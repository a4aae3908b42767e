//! Whether an exchange began with a connection of its own.
//!
//! A target closes connections that are kept for the next delivery whenever it likes. A request that goes out over one at
//! that moment gets no answer, which says nothing about the target.

use std::cell::Cell;

tokio::task_local! {
    static CONNECTS: Cell<bool>;
}

/// Does it, and tells whether a connection was made for it.
pub(super) async fn watched<T>(exchange: impl Future<Output = T>) -> (T, bool) {
    let watched = async {
        let done = exchange.await;
        (done, CONNECTS.with(Cell::get))
    };
    CONNECTS.scope(Cell::new(false), watched).await
}

/// A connection is made; outside of [`watched`] nobody wants to know.
pub(super) fn note<T>(request: T) -> T {
    CONNECTS
        .try_with(|connects| connects.set(true))
        .unwrap_or_default();
    request
}
