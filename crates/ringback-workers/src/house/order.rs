//! Indexes that are ordered by priority: one part for each pace at which priorities grow, see [`Pace`].
//!
//! The paces in use are settings, so every worker knows them: whoever writes down a callback makes its pace known before.
//! A pace of which no callback is left is forgotten. Should both happen at once, the callback waits unseen until its own
//! alarm, within seconds, writes it down again.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::try_join_all;
use ringback_core::callback::Callback;
use ringback_core::key::IndexName;
use ringback_core::priority::Pace;
use ringback_core::time::Timestamp;
use ringback_ports::bus::Bus;
use ringback_ports::store::{Entry, Store};

use super::{House, HouseError, NewSetting};
use crate::settings::SettingKind;

/// The most paces besides the steady one that new callbacks bring about.
pub const MOST_PACES: usize = 64;
/// How often it is looked whether a pace has callbacks.
const LOOK: Duration = Duration::from_secs(3600);

impl<S: Store, B> House<S, B> {
    /// The paces at which priorities grow here.
    pub fn paces(&self) -> Vec<Pace> {
        let settings = self.settings.known();
        let further = settings.paces.iter().copied();
        std::iter::once(Pace::STEADY).chain(further).collect()
    }

    /// How many entries an index has, of all paces; about, while a shard does not answer.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn count_all(&self, index: &IndexName) -> Result<u64, HouseError> {
        let counts = self.paces().into_iter().map(|pace| {
            let part = pace.part_of(index.clone());
            async move {
                let counted = self
                    .store
                    .count_of_reachable(&part, i64::MIN, i64::MAX)
                    .await;
                counted.map(|counted| counted.estimated())
            }
        });
        Ok(try_join_all(counts).await?.into_iter().sum())
    }

    /// How many entries of an index come before one of this pace and score.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn count_before(
        &self,
        index: &IndexName,
        entry: (Pace, i64),
    ) -> Result<u64, HouseError> {
        let now = self.clock.now();
        self.count_each(index, |pace| pace.before(entry, now)).await
    }

    async fn count_each(
        &self,
        index: &IndexName,
        until: impl Fn(Pace) -> i64,
    ) -> Result<u64, HouseError> {
        let counts = self.paces().into_iter().map(|pace| {
            let (part, until) = (pace.part_of(index.clone()), until(pace));
            async move { self.store.count(&part, i64::MIN, until).await }
        });
        Ok(try_join_all(counts).await?.into_iter().sum())
    }

    /// The first `most` entries of an index, of the shards that answer.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn first_of(&self, index: &IndexName, most: usize) -> Result<Vec<Entry>, HouseError> {
        let parts = self.paces().into_iter().map(|pace| {
            let part = pace.part_of(index.clone());
            async move {
                let listed = self.store.range_of_reachable(&part, i64::MIN, most).await?;
                Ok::<_, HouseError>((pace, listed.found))
            }
        });
        let parts = try_join_all(parts).await?;
        Ok(merged(parts, most, self.clock.now()))
    }
}

impl<S: Store, B: Bus> House<S, B> {
    /// Whether a callback's priority grows at a pace that is known, or that there is room for.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn has_room_for_pace_of(&self, callback: &Callback) -> Result<bool, HouseError> {
        let Some(pace) = callback.growing() else {
            return Ok(true);
        };
        let fits = |paces: &BTreeSet<Pace>| paces.contains(&pace) || paces.len() < MOST_PACES;
        Ok(fits(&self.settings.known().paces) || fits(&self.refresh_settings().await?.paces))
    }

    /// Makes the pace of a callback known to everybody.
    pub(super) async fn know_pace_of(&self, callback: &Callback) -> Result<(), HouseError> {
        let known = |pace: &Pace| self.settings.known().paces.contains(pace);
        let Some(pace) = callback.growing().filter(|pace| !known(pace)) else {
            return Ok(());
        };
        let alarm = Some(self.clock.now() + LOOK);
        self.set(SettingKind::Pace, &pace.to_string(), |_| {
            let body = b"{}".to_vec();
            Ok::<_, HouseError>(Some(NewSetting { body, alarm }))
        })
        .await
        .map(drop)
    }

    /// The alarm of a pace: one without callbacks is forgotten.
    pub(super) async fn look_at_pace(&self, name: &str) -> Result<(), HouseError> {
        let pace: Option<Pace> = name.parse().ok();
        let members = match pace {
            Some(pace) => {
                let index = pace.members();
                self.store.count(&index, i64::MIN, i64::MAX).await?
            }
            None => 0,
        };
        let alarm = Some(self.clock.now() + LOOK);
        self.set(SettingKind::Pace, name, |found| {
            let body = found.map(|found| found.body.clone());
            let body = body.filter(|_| members > 0);
            Ok::<_, HouseError>(body.map(|body| NewSetting { body, alarm }))
        })
        .await
        .map(drop)
    }
}

/// The first `most` of all parts; each is in its own order already.
fn merged(mut parts: Vec<(Pace, Vec<Entry>)>, most: usize, now: Timestamp) -> Vec<Entry> {
    parts.retain(|(_, entries)| !entries.is_empty());
    if parts.len() < 2 {
        let mut only = parts.pop().map_or_else(Vec::new, |(_, entries)| entries);
        only.truncate(most);
        return only;
    }
    let with_pace =
        |(pace, entries): (Pace, Vec<Entry>)| entries.into_iter().map(move |entry| (pace, entry));
    let mut all: Vec<_> = parts.into_iter().flat_map(with_pace).collect();
    all.sort_by(|one, other| {
        let by_priority = Pace::order((one.0, one.1.score), (other.0, other.1.score), now);
        by_priority.then_with(|| one.1.id.cmp(&other.1.id))
    });
    all.truncate(most);
    all.into_iter().map(|(_, entry)| entry).collect()
}

#[cfg(test)]
mod tests {
    use ringback_core::priority::Rank;
    use ringback_core::service::options::Aging;

    use super::*;

    fn part(increment: u32, entries: &[(&str, u32, i64)]) -> (Pace, Vec<Entry>) {
        let rank = |priority| {
            Rank::of(&Aging {
                priority,
                increment,
                interval: Duration::from_secs(60),
            })
        };
        let entry = |&(id, priority, since): &(&str, u32, i64)| Entry {
            id: id.to_owned(),
            score: rank(priority).score(Timestamp::from_millis(since * 1000)),
        };
        (rank(0).pace(), entries.iter().map(entry).collect())
    }

    #[test]
    fn parts_are_merged_by_priority_now() {
        let parts = || {
            let steady = part(0, &[("high", 50, 100), ("low", 0, 0)]);
            let aging = part(10, &[("old", 0, 0), ("young", 0, 110)]);
            vec![steady, aging, part(7, &[])]
        };
        for (now, most, expected) in [
            (120, 9, vec!["high", "old", "low", "young"]),
            (300, 9, vec!["high", "old", "young", "low"]),
            (360, 9, vec!["old", "high", "young", "low"]),
            (600, 3, vec!["old", "young", "high"]),
            (600, 0, vec![]),
        ] {
            let found = merged(parts(), most, Timestamp::from_millis(now * 1000));
            let ids: Vec<_> = found.iter().map(|it| it.id.as_str()).collect();
            assert_eq!(ids, expected, "{now}");
        }
        let only = merged(parts().drain(..1).collect(), 1, Timestamp::from_millis(0));
        assert_eq!(only.len(), 1);
    }
}
