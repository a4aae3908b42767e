//! Who has changed what.

use ringback_core::audit::{
    AuditEntry, AuditNote, AuditOutcome, all_index, index_of_object, index_of_who, place,
};
use ringback_core::ids::AuditId;
use ringback_ports::bus::Bus;
use ringback_ports::desk::{AuditDesk, AuditEnd, AuditPage, AuditQuery, Refusal};
use ringback_ports::store::Store;
use uuid::Uuid;

use super::walk::{Place, Walk};
use super::{BATCH, MOST_FOUND, MOST_LOOKED_AT};
use crate::house::{AuditDocument, Committed};
use crate::ingest::FrontDesk;

impl<S: Store, B: Bus> AuditDesk for FrontDesk<S, B> {
    async fn note(&self, note: AuditNote) -> Result<AuditId, Refusal> {
        let id = AuditId::fresh(Uuid::now_v7());
        let entry = AuditEntry::new(id.clone(), note, self.house.clock.now());
        self.house.commit_audit(None, &entry).await?;
        Ok(id)
    }

    async fn close(&self, id: &AuditId, end: AuditEnd) -> Result<(), Refusal> {
        loop {
            let mut found = self.house.audit_entries(std::slice::from_ref(id)).await?;
            let Some(held) = found.pop().flatten() else {
                return Ok(());
            };
            let entry = ended(&held.entry, &end, self.house.clock.now());
            if self.house.commit_audit(Some(&held), &entry).await? == Committed::Yes {
                return Ok(());
            }
        }
    }

    async fn audit(&self, query: AuditQuery) -> Result<AuditPage, Refusal> {
        let at = query.after.as_deref().map(Place::read).transpose()?;
        let index = match (&query.object, &query.who) {
            (Some(object), _) => index_of_object(object),
            (None, Some(who)) => index_of_who(who),
            (None, None) => all_index(),
        };
        // The latest come first: the span is turned round.
        let from = query.until.map_or(i64::MIN, |until| place(until) + 1);
        let until = query.from.map_or(i64::MAX, |from| place(from) + 1);
        let mut walk = Walk::along(&self.house.store, index, from..until, at);
        let limit = query.limit.clamp(1, MOST_FOUND);
        let mut page = AuditPage::default();
        let mut looked_at = 0;
        while looked_at < MOST_LOOKED_AT {
            let batch = walk.next(BATCH.min(limit)).await?;
            if batch.is_empty() {
                page.next = None;
                return Ok(page);
            }
            let ids: Vec<_> = batch.iter().map(|it| AuditId::new(it.id())).collect();
            for (place, held) in batch.iter().zip(self.house.audit_entries(&ids).await?) {
                looked_at += 1;
                page.next = Some(place.to_string());
                let entry = held.map(|AuditDocument { entry, .. }| entry);
                let of_who =
                    |entry: &AuditEntry| query.who.as_ref().is_none_or(|who| entry.who == *who);
                page.entries.extend(entry.filter(of_who));
                if page.entries.len() == limit {
                    return Ok(page);
                }
            }
        }
        Ok(page)
    }
}

fn ended(entry: &AuditEntry, end: &AuditEnd, now: ringback_core::time::Timestamp) -> AuditEntry {
    let object = end.object.clone().unwrap_or_else(|| entry.object.clone());
    AuditEntry {
        object,
        outcome: Some(AuditOutcome {
            at: now,
            status: end.status,
            details: end.details.clone(),
        }),
        ..entry.clone()
    }
}
