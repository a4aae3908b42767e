//! Who has logged in with a browser.

use std::future::Future;

use ringback_core::session::{Session, SessionId};

use super::Refusal;

/// Keeps sessions.
pub trait SessionDesk: Clone + Send + Sync + 'static {
    /// Keeps a new one; durable once it returns.
    ///
    /// # Errors
    /// When the store is away.
    fn open_session(
        &self,
        id: &SessionId,
        session: Session,
    ) -> impl Future<Output = Result<(), Refusal>> + Send;

    /// One that is used now; `None` when there is none or it is over.
    ///
    /// # Errors
    /// When the store is away.
    fn use_session(
        &self,
        id: &SessionId,
    ) -> impl Future<Output = Result<Option<Session>, Refusal>> + Send;

    /// Ends one. Repeating it is fine.
    ///
    /// # Errors
    /// When the store is away.
    fn close_session(&self, id: &SessionId) -> impl Future<Output = Result<(), Refusal>> + Send;
}
