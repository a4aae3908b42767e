//! The marks of the installation in its store: see [`ringback_core::installation`].

use futures_util::future::join_all;
use ringback_core::installation::{Mark, mark_key};
use ringback_core::key::Shards;
use ringback_ports::bus::Bus;
use ringback_ports::store::{Change, Put, Store, StoreError};
use uuid::Uuid;

use super::{House, HouseError, encode};

/// The marks by shard, each asked for by itself, so that a shard that is away hides no other.
pub async fn read_marks<S: Store>(
    store: &S,
    shards: Shards,
) -> Vec<Result<Option<Mark>, StoreError>> {
    let asked = shards.all().map(|shard| async move {
        let found = store.get(&[mark_key(shard, shards)]).await?;
        let Some(document) = found.into_iter().flatten().next() else {
            return Ok(None);
        };
        let mark = serde_json::from_slice(&document.body);
        mark.map(Some)
            .map_err(|error| StoreError::Unreadable(Box::new(error)))
    });
    join_all(asked).await
}

impl<S: Store, B: Bus> House<S, B> {
    /// Marks these shards, which have no mark; perhaps because what had been there is lost.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn set_marks(&self, unmarked: &[usize], lost: bool) -> Result<(), HouseError> {
        let shards = self.shards.all();
        for shard in shards.filter(|shard| unmarked.contains(&shard.index())) {
            let (key, now) = (mark_key(shard, self.shards), self.clock.now());
            let mark = Mark {
                id: Uuid::now_v7().to_string(),
                made: now,
                lost: lost.then_some(now),
            };
            // On a conflict it has one.
            self.write(vec![Change::Put(Put {
                version: 0,
                body: encode(&key, &mark)?,
                alarm: None,
                log: Vec::new(),
                indexes: Vec::new(),
                key,
            })])
            .await?;
        }
        Ok(())
    }
}
