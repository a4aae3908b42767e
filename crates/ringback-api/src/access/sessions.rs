//! Who shows a session, as this process knows it.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ringback_core::session::SessionId;
use ringback_ports::desk::{Refusal, SessionDesk};

/// For how long a session needs no look at the store. So long it may still count in one process after it was ended in
/// another.
const REMEMBERED: Duration = Duration::from_secs(10);
/// How many are remembered.
const MOST: usize = 10_000;

/// The sessions that were looked at lately, with their users.
#[derive(Default)]
pub struct Sessions(Mutex<HashMap<SessionId, (Instant, String)>>);

impl Sessions {
    /// The user of a session; `None` when it is over, or never was.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn user<D: SessionDesk>(
        &self,
        desk: &D,
        id: &SessionId,
    ) -> Result<Option<String>, Refusal> {
        if let Some((at, user)) = self.known().get(id)
            && at.elapsed() < REMEMBERED
        {
            return Ok(Some(user.clone()));
        }
        let Some(session) = desk.use_session(id).await? else {
            self.forget(id);
            return Ok(None);
        };
        let mut known = self.known();
        if known.len() >= MOST {
            known.retain(|_, (at, _)| at.elapsed() < REMEMBERED);
        }
        if known.len() < MOST {
            known.insert(id.clone(), (Instant::now(), session.user.clone()));
        }
        drop(known);
        Ok(Some(session.user))
    }

    /// It is ended.
    pub fn forget(&self, id: &SessionId) {
        self.known().remove(id);
    }

    fn known(&self) -> MutexGuard<'_, HashMap<SessionId, (Instant, String)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
