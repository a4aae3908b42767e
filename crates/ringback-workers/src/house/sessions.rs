//! Sessions as documents.

use ringback_core::session::{Session, SessionId};
use ringback_core::time::Timestamp;
use ringback_ports::bus::Bus;
use ringback_ports::store::{Change, Put, Store};

use super::{Committed, House, HouseError, decode, encode};

impl<S: Store, B: Bus> House<S, B> {
    /// A session with the version it was read at.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn session(&self, id: &SessionId) -> Result<Option<(Session, u64)>, HouseError> {
        let key = id.key();
        let found = self.store.get(std::slice::from_ref(&key)).await?.pop();
        let Some(document) = found.flatten() else {
            return Ok(None);
        };
        let read = decode(&key, &document.body);
        let session = self.readable(&key, document.version, read);
        Ok(session.map(|session| (session, document.version)))
    }

    /// Writes a session that was read at this version, 0 for a new one.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn keep_session(
        &self,
        id: &SessionId,
        session: &Session,
        version: u64,
    ) -> Result<Committed, HouseError> {
        let key = id.key();
        let put = Put {
            version,
            body: encode(&key, session)?,
            alarm: Some(session.ends()),
            log: Vec::new(),
            indexes: Vec::new(),
            key,
        };
        self.write(vec![Change::Put(put)]).await
    }

    /// Removes a session, however often it is written meanwhile.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn drop_session(&self, id: &SessionId) -> Result<(), HouseError> {
        while let Some((_, version)) = self.session(id).await? {
            if self.write(vec![removal(id, version)]).await? == Committed::Yes {
                return Ok(());
            }
        }
        Ok(())
    }

    /// The alarm of a session: one that is over goes.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn look_at_session(
        &self,
        id: &SessionId,
        claimed: Timestamp,
    ) -> Result<(), HouseError> {
        let held = self.session(id).await?;
        let now = self.clock.at_least(claimed);
        if let Some((_, version)) = held.filter(|(session, _)| session.is_over(now)) {
            // On a conflict it has just been used, and has an alarm of its own.
            self.write(vec![removal(id, version)]).await?;
        }
        Ok(())
    }
}

fn removal(id: &SessionId, version: u64) -> Change {
    Change::Delete {
        key: id.key(),
        version,
        indexes: Vec::new(),
    }
}
