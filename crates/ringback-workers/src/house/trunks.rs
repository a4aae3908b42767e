//! Trunk groups as documents: see [`ringback_core::trunk`] for who may dial when.

use std::time::Duration;

use ringback_core::callback::dialing_index;
use ringback_core::ids::CallbackId;
use ringback_core::trunk::{Lines, Trunk, TrunkLimits, Turn};
use ringback_ports::bus::Bus;
use ringback_ports::store::{Change, MAX_SCORE, Put, Store};

use super::{Committed, House, HouseError, encode};

impl<S: Store, B: Bus> House<S, B> {
    /// Takes the next call of a trunk group for a callback, before any other dialer does. When there is none now: how long
    /// to wait before asking again.
    ///
    /// # Errors
    /// When the store is away.
    pub(crate) async fn take_trunk_turn(
        &self,
        trunk: &str,
        id: &CallbackId,
        limits: TrunkLimits,
    ) -> Result<Option<Duration>, HouseError> {
        if limits.are_none() {
            return Ok(None);
        }
        loop {
            // In this order: whoever has had a turn by then is listed, or stands in the document.
            let (stored, version) = self.read_trunk(trunk).await?;
            let lines = match limits.calls {
                Some(most) => self.lines_of(trunk, most).await?,
                None => Lines::default(),
            };
            let next = match stored.turn(id, limits, &lines, self.clock.now()) {
                Turn::In(wait) => return Ok(Some(wait)),
                Turn::Now(next) => next,
            };
            if self.write_trunk(trunk, version, &next).await? == Committed::Yes {
                return Ok(None);
            }
        }
    }

    /// How many callbacks of a trunk group dialers may have at hand; `None` where its turns are not counted.
    ///
    /// # Errors
    /// When the store is away.
    pub(crate) async fn at_hand(&self, trunk: &str) -> Result<Option<u64>, HouseError> {
        let (stored, _) = self.read_trunk(trunk).await?;
        Ok(stored.at_hand(self.clock.now()))
    }

    /// The carrier of a trunk group has reported congestion.
    ///
    /// # Errors
    /// When the store is away.
    pub(crate) async fn slow_trunk_down(&self, trunk: &str) -> Result<(), HouseError> {
        loop {
            let (stored, version) = self.read_trunk(trunk).await?;
            let Some(next) = stored.congested(self.clock.now()) else {
                return Ok(());
            };
            if self.write_trunk(trunk, version, &next).await? == Committed::Yes {
                return Ok(());
            }
        }
    }

    async fn lines_of(&self, trunk: &str, most: u32) -> Result<Lines, HouseError> {
        let index = dialing_index(trunk);
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let now = self.clock.now().as_millis();
        let (dialing, talking) = tokio::join!(
            self.store.range_of_reachable(&index, 1, most),
            self.store.count_of_reachable(&index, now, MAX_SCORE),
        );
        // Of those on shards that do not answer, as many are taken to be there as on the others.
        let dialing = dialing?.found.into_iter().filter(|entry| entry.score == 1);
        Ok(Lines {
            dialing: dialing.map(|entry| CallbackId::new(entry.id)).collect(),
            talking: talking?.estimated(),
        })
    }

    /// One that cannot be read holds nobody up: it is written anew.
    async fn read_trunk(&self, trunk: &str) -> Result<(Trunk, u64), HouseError> {
        let key = Trunk::key(trunk);
        let found = self.store.get(std::slice::from_ref(&key)).await?.pop();
        let Some(document) = found.flatten() else {
            return Ok((Trunk::default(), 0));
        };
        let read = serde_json::from_slice(&document.body).unwrap_or_default();
        Ok((read, document.version))
    }

    async fn write_trunk(
        &self,
        trunk: &str,
        version: u64,
        next: &Trunk,
    ) -> Result<Committed, HouseError> {
        let key = Trunk::key(trunk);
        let put = Put {
            version,
            body: encode(&key, next)?,
            alarm: None,
            log: Vec::new(),
            indexes: Vec::new(),
            key,
        };
        self.write(vec![Change::Put(put)]).await
    }
}
