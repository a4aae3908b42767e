//! Queries by properties.

use std::collections::BTreeSet;

use ringback_core::callback::{
    Callback, Condition, Operand, SearchError, SearchWay, search_fits, search_ways,
};
use ringback_core::ids::{CallbackId, ServiceName};
use ringback_ports::bus::Bus;
use ringback_ports::desk::{FoundRecords, Refusal, RefusalKind};
use ringback_ports::store::Store;

use super::FrontDesk;
use super::admin::walk::{Place, Walk};
use super::refusals::refuse;

/// The most records one query returns.
const MOST_RECORDS: usize = 200;
/// The most callbacks that are looked at for one query: those that do not fit cost as much as those that do.
const MOST_LOOKED_AT: usize = 10_000;
/// How many are read at once.
const BATCH: usize = 250;

/// What was found, the newest of it.
#[derive(Default)]
struct Finds {
    newest: Vec<Callback>,
    known: BTreeSet<CallbackId>,
    looked_at: usize,
    more: bool,
}

impl<S: Store, B: Bus> FrontDesk<S, B> {
    pub(super) async fn look_up(
        &self,
        service: Option<&ServiceName>,
        conditions: &[(String, String)],
        operand: Operand,
    ) -> Result<FoundRecords, Refusal> {
        if let Some(service) = service {
            self.known_service(service).await?;
        }
        let asked: Vec<_> = service.cloned().into_iter().collect();
        let keys = self.lookup_keys(&asked);
        let conditions = self.conditions(conditions, &keys).await?;
        let mut finds = Finds::default();
        for way in search_ways(service, &conditions, operand).map_err(wrong)? {
            let fits = |callback: &Callback| {
                let own = self.house.service(&callback.service);
                service.is_none_or(|service| callback.service == *service)
                    && search_fits(&conditions, operand, callback, own.as_deref())
            };
            match way {
                SearchWay::Id(id) => finds.keep([self.find(&id).await?.callback], fits),
                SearchWay::Index(index, span) => {
                    let walk = Walk::along(&self.house.store, index, span, None);
                    self.walk(walk, &mut finds, fits).await?;
                }
            }
        }
        let (newest, cut) = finds.end();
        let records = newest.iter().map(|callback| self.record_of(callback));
        let records = records.collect();
        Ok(FoundRecords { records, cut })
    }

    async fn walk(
        &self,
        mut walk: Walk<'_, crate::watched::Watched<S>>,
        finds: &mut Finds,
        fits: impl Fn(&Callback) -> bool,
    ) -> Result<(), Refusal> {
        loop {
            let batch = walk.next(BATCH).await?;
            if batch.is_empty() {
                return Ok(());
            }
            if finds.looked_at >= MOST_LOOKED_AT {
                finds.more = true;
                return Ok(());
            }
            let ids: Vec<_> = batch.iter().map(Place::callback).collect();
            finds.looked_at += ids.len();
            let held = self.house.hold_all(&ids).await.map_err(refuse)?;
            let callbacks = held.into_iter().flatten().map(|held| held.callback);
            finds.keep(callbacks, &fits);
        }
    }

    /// What callbacks of these services, or of all, can be found by besides what all can.
    pub(super) fn lookup_keys(&self, asked: &[ServiceName]) -> Vec<String> {
        let services = self.house.services();
        let services = services
            .values()
            .filter(|service| asked.is_empty() || asked.contains(&service.name));
        let mut keys = BTreeSet::new();
        for service in services {
            let options = &service.options;
            let own = options.lookup_keys.iter();
            let own = own.chain(&options.admission.counted_keys);
            keys.extend(own.chain(&options.general.mandatory_keys).cloned());
        }
        keys.into_iter().collect()
    }

    /// Reads conditions.
    pub(super) async fn conditions(
        &self,
        asked: &[(String, String)],
        keys: &[String],
    ) -> Result<Vec<Condition>, Refusal> {
        let countries = self.house.countries();
        let mut read = Vec::with_capacity(asked.len());
        for (key, value) in asked {
            let condition = Condition::read(key, value, keys).map_err(wrong)?;
            if let Condition::Service(name) = &condition {
                self.known_service(name).await?;
            }
            read.push(condition.in_countries(&countries));
        }
        Ok(read)
    }
}

impl Finds {
    /// Keeps those that fit, of which only the newest stay.
    fn keep(
        &mut self,
        found: impl IntoIterator<Item = Callback>,
        fits: impl Fn(&Callback) -> bool,
    ) {
        for callback in found {
            if fits(&callback) && self.known.insert(callback.id.clone()) {
                self.newest.push(callback);
            }
        }
        if self.newest.len() > 2 * MOST_RECORDS {
            self.shorten();
        }
    }

    fn shorten(&mut self) {
        self.newest.sort_by_key(|it| std::cmp::Reverse(it.created));
        self.newest.truncate(MOST_RECORDS);
    }

    fn end(mut self) -> (Vec<Callback>, Option<String>) {
        self.shorten();
        let cut = if self.more {
            let looked_at = self.looked_at;
            Some(format!(
                "{looked_at} callbacks were looked at and there are more; narrow the query by a lookup key"
            ))
        } else {
            let all = self.known.len();
            let is_cut = all > self.newest.len();
            is_cut.then(|| format!("the newest {MOST_RECORDS} of {all}"))
        };
        (self.newest, cut)
    }
}

pub(super) fn wrong(error: SearchError) -> Refusal {
    let kind = match error {
        SearchError::Number(_) => RefusalKind::Number,
        SearchError::Key { .. } | SearchError::Value { .. } | SearchError::TooWide { .. } => {
            RefusalKind::Invalid
        }
    };
    Refusal::new(kind, error.to_string())
}
