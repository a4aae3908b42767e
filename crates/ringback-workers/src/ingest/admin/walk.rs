//! A walk over many callbacks, one batch after the other, that can be broken off and gone on with.

use std::fmt;
use std::ops::Range;

use ringback_core::callback::service_index;
use ringback_core::ids::{CallbackId, ServiceName};
use ringback_core::key::IndexName;
use ringback_ports::desk::{CallbackQuery, Refusal, RefusalKind};
use ringback_ports::store::{Entry, Store};

use crate::ingest::refusals::refuse_store;

/// A place on the way. It says where to go on also when the callback there is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::ingest) struct Place {
    score: i64,
    id: String,
    /// Of which way; empty when there is only one.
    way: String,
}

impl Place {
    pub(in crate::ingest) fn read(text: &str) -> Result<Self, Refusal> {
        let read = || {
            let mut parts = text.splitn(3, ':');
            Some(Self {
                score: parts.next()?.parse().ok()?,
                id: parts.next()?.to_owned(),
                way: parts.next()?.to_owned(),
            })
        };
        read().ok_or_else(|| {
            let shown: String = text.chars().take(80).collect();
            let message = format!("after '{shown}': allowed is the 'next' of the page before");
            Refusal::new(RefusalKind::Invalid, message)
        })
    }

    pub(in crate::ingest) fn id(&self) -> &str {
        &self.id
    }

    pub(in crate::ingest) fn callback(&self) -> CallbackId {
        CallbackId::new(self.id())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.score, self.id, self.way)
    }
}

/// One index after the other.
pub(in crate::ingest) struct Walk<'a, S> {
    store: &'a S,
    ways: std::vec::IntoIter<Way>,
    now_on: Option<Way>,
}

/// One index, from a score on, up to another.
struct Way {
    name: String,
    index: IndexName,
    from: i64,
    until: i64,
    behind: Option<(i64, String)>,
}

impl<'a, S: Store> Walk<'a, S> {
    /// Over a customer's callbacks, which these indexes have, or those of these services by the time they are wanted at; from
    /// behind `place` on.
    pub(in crate::ingest) fn new(
        store: &'a S,
        services: &[ServiceName],
        query: &CallbackQuery,
        of_number: Option<Vec<IndexName>>,
        place: Option<Place>,
    ) -> Self {
        let ways = match of_number {
            Some(indexes) => indexes
                .into_iter()
                .enumerate()
                .map(Way::of_number)
                .collect(),
            None => services
                .iter()
                .map(|service| Way::of_service(service, query))
                .collect(),
        };
        Self::by(store, ways, place)
    }

    /// Along one index, from behind `place` on.
    pub(in crate::ingest) fn along(
        store: &'a S,
        index: IndexName,
        span: Range<i64>,
        place: Option<Place>,
    ) -> Self {
        let way = Way {
            from: span.start,
            until: span.end,
            ..Way::whole(index)
        };
        Self::by(store, vec![way], place)
    }

    fn by(store: &'a S, mut ways: Vec<Way>, place: Option<Place>) -> Self {
        if let Some(place) = place {
            ways.retain(|way| way.name >= place.way);
            if let Some(first) = ways.first_mut().filter(|way| way.name == place.way) {
                first.from = first.from.max(place.score);
                first.behind = Some((place.score, place.id));
            }
        }
        let mut ways = ways.into_iter();
        Self {
            store,
            now_on: ways.next(),
            ways,
        }
    }

    /// The next places, at most `limit`; none at the end.
    pub(in crate::ingest) async fn next(&mut self, limit: usize) -> Result<Vec<Place>, Refusal> {
        while let Some(way) = &mut self.now_on {
            let found = way.go(self.store, limit).await?;
            if !found.is_empty() {
                return Ok(found);
            }
            self.now_on = self.ways.next();
        }
        Ok(Vec::new())
    }
}

impl Way {
    fn whole(index: IndexName) -> Self {
        Self {
            name: String::new(),
            index,
            from: i64::MIN,
            until: i64::MAX,
            behind: None,
        }
    }

    /// By its place among several: a number must not stand in what is passed on.
    fn of_number((place, index): (usize, IndexName)) -> Self {
        let name = if place == 0 {
            String::new()
        } else {
            format!("{place:03}")
        };
        Self {
            name,
            ..Self::whole(index)
        }
    }

    fn of_service(service: &ServiceName, query: &CallbackQuery) -> Self {
        Self {
            name: service.to_string(),
            from: query.from.map_or(i64::MIN, |from| from.as_millis()),
            until: query.until.map_or(i64::MAX, |until| until.as_millis()),
            ..Self::whole(service_index(service.as_str()))
        }
    }

    async fn go<S: Store>(&mut self, store: &S, limit: usize) -> Result<Vec<Place>, Refusal> {
        let mut asked = limit;
        let found = loop {
            let found = store.range(&self.index, self.from, asked).await;
            let found = found.map_err(refuse_store)?;
            let all = found.len() < asked;
            let new: Vec<_> = found.into_iter().filter(|it| self.is_new(it)).collect();
            if !new.is_empty() || all {
                break new;
            }
            // So many of one score are behind already, and the store gives them out first.
            asked = asked.saturating_mul(2);
        };
        let places = found
            .into_iter()
            .take(limit)
            .take_while(|it| it.score < self.until);
        let places: Vec<_> = places.map(|it| self.place(it)).collect();
        if let Some(last) = places.last() {
            self.from = last.score;
            self.behind = Some((last.score, last.id.clone()));
        }
        Ok(places)
    }

    fn is_new(&self, entry: &Entry) -> bool {
        let behind = self.behind.as_ref();
        behind.is_none_or(|(score, id)| (entry.score, &entry.id) > (*score, id))
    }

    fn place(&self, entry: Entry) -> Place {
        Place {
            score: entry.score,
            id: entry.id,
            way: self.name.clone(),
        }
    }
}
