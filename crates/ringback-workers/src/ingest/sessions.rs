//! Who has logged in with a browser.

use ringback_core::session::{Session, SessionId};
use ringback_ports::bus::Bus;
use ringback_ports::desk::{Refusal, SessionDesk};
use ringback_ports::store::Store;

use super::FrontDesk;

impl<S: Store, B: Bus> SessionDesk for FrontDesk<S, B> {
    async fn open_session(&self, id: &SessionId, session: Session) -> Result<(), Refusal> {
        // Its id is random: nobody else writes it.
        self.house.keep_session(id, &session, 0).await?;
        Ok(())
    }

    async fn use_session(&self, id: &SessionId) -> Result<Option<Session>, Refusal> {
        let Some((session, version)) = self.house.session(id).await? else {
            return Ok(None);
        };
        let now = self.house.clock.now();
        if session.is_over(now) {
            return Ok(None);
        }
        let Some(used) = session.used(now) else {
            return Ok(Some(session));
        };
        // On a conflict another process has seen it as well, or it has just been ended: the next look tells.
        self.house.keep_session(id, &used, version).await?;
        Ok(Some(used))
    }

    async fn close_session(&self, id: &SessionId) -> Result<(), Refusal> {
        self.house.drop_session(id).await?;
        Ok(())
    }
}
