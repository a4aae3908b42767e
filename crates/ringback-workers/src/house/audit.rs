//! The audit as documents.

use ringback_core::audit::AuditEntry;
use ringback_core::ids::AuditId;
use ringback_core::time::Timestamp;
use ringback_ports::bus::Bus;
use ringback_ports::store::{Change, Put, Store};

use super::{Committed, House, HouseError, decode, encode, index_changes};

/// An entry in hand.
pub struct AuditDocument {
    /// The entry.
    pub entry: AuditEntry,
    /// The version it was read at; 0 for a new one.
    pub version: u64,
}

impl<S: Store, B: Bus> House<S, B> {
    /// Takes entries in hand, in the order of `ids`.
    ///
    /// # Errors
    /// When the store is away. One that cannot be read is passed over.
    pub async fn audit_entries(
        &self,
        ids: &[AuditId],
    ) -> Result<Vec<Option<AuditDocument>>, HouseError> {
        let keys: Vec<_> = ids.iter().map(AuditId::key).collect();
        let documents = self.store.get(&keys).await?;
        let read = keys.iter().zip(documents).map(|(key, document)| {
            let document = document?;
            let version = document.version;
            let entry = self.readable(key, version, decode(key, &document.body))?;
            Some(AuditDocument { entry, version })
        });
        Ok(read.collect())
    }

    /// Writes an entry as it shall be.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn commit_audit(
        &self,
        old: Option<&AuditDocument>,
        new: &AuditEntry,
    ) -> Result<Committed, HouseError> {
        let key = new.id.key();
        let listed = old.map(|old| old.entry.listings()).unwrap_or_default();
        let put = Put {
            version: old.map_or(0, |old| old.version),
            body: encode(&key, new)?,
            alarm: Some(new.alarm()),
            log: Vec::new(),
            indexes: index_changes(&listed, new.listings()),
            key,
        };
        self.write(vec![Change::Put(put)]).await
    }

    /// The alarm of an entry: it has been kept long enough.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn purge_audit(&self, id: &AuditId, claimed: Timestamp) -> Result<(), HouseError> {
        loop {
            let mut found = self.audit_entries(std::slice::from_ref(id)).await?;
            let now = self.clock.at_least(claimed);
            let due = |held: &AuditDocument| held.entry.alarm() <= now;
            let Some(AuditDocument { entry, version }) = found.pop().flatten().filter(due) else {
                return Ok(());
            };
            let indexes = entry.listings().into_iter().map(|(name, _)| name).collect();
            let key = id.key();
            let change = Change::Delete {
                key,
                version,
                indexes,
            };
            if self.write(vec![change]).await? == Committed::Yes {
                return Ok(());
            }
        }
    }
}
