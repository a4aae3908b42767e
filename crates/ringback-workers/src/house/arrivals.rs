//! Customers who call: what number they are given, and whose call it is that has arrived.

use futures_util::future::try_join_all;
use ringback_core::access::{
    AccessCode, Arrival, Invitation, arrived_index, code_index, expected_index,
};
use ringback_core::call::CallId;
use ringback_core::callback::{Callback, Decision, Input, State, pending};
use ringback_core::chat::ChatKey;
use ringback_core::ids::CallbackId;
use ringback_core::key::IndexName;
use ringback_core::phone::PhoneNumber;
use ringback_core::service::Options;
use ringback_core::service::options::Media;
use ringback_core::time::Timestamp;
use ringback_ports::bus::Bus;
use ringback_ports::store::Store;

use super::{Committed, Held, House, HouseError, random};

/// How many callbacks of a number, or of those expected on one, are looked at for a call.
const LOOKED_AT: usize = 500;

impl<S: Store, B: Bus> House<S, B> {
    /// The way in for a customer: a chat, or a number to call; `None` when its resource group does not exist.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn invitation(&self, options: &Options) -> Result<Option<Invitation>, HouseError> {
        let user = &options.user_originated;
        let until = self.clock.now() + user.booking;
        if options.scenario.media == Media::Chat {
            let key = ChatKey::draw([random(), random()]);
            return Ok(Some(Invitation::to_chat(key, until)));
        }
        let mut settings = self.settings.known();
        if !settings.groups.contains_key(&user.resource_group) {
            settings = self.refresh_settings().await?;
        }
        let Some(group) = settings.groups.get(&user.resource_group) else {
            return Ok(None);
        };
        let indexes: Vec<IndexName> = group.numbers.iter().map(expected_index).collect();
        let counts = indexes
            .iter()
            .map(|index| self.store.count(index, i64::MIN, i64::MAX));
        let counts = try_join_all(counts).await?;
        let number = group.pick(&counts, random()).cloned();
        let code = user.code.then(|| AccessCode::draw(random()));
        Ok(number.map(|number| Invitation::to_call(number, code, until)))
    }

    /// The callback whose customer is expected with this call. Of several callbacks of one customer the first; of several
    /// customers none.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn expected(&self, arrival: &Arrival) -> Result<Option<Held>, HouseError> {
        // The line and the customer may be written otherwise than here.
        let mut arrival = arrival.clone();
        if let Some(line) = self.line(&arrival.to) {
            arrival.to = line;
        }
        let arrival = &arrival;
        let by_code = arrival.code.as_ref();
        let by_code = by_code.map(|code| code_index(&arrival.to, code));
        let by_number = arrival.from.as_ref();
        let by_number = by_number.map(|from| self.number_indexes(from));
        let on_line = expected_index(&arrival.to);
        let by_number = by_number.into_iter().flatten();
        let indexes = by_code.into_iter().chain(by_number).chain([on_line]);
        for index in indexes {
            let found = self.expected_in(&index, arrival).await?;
            let is_one = found.len() == 1 || arrival.from.is_some() || arrival.code.is_some();
            if let Some(first) = found.into_iter().min_by_key(|it| since(&it.callback))
                && is_one
            {
                return Ok(Some(first));
            }
        }
        Ok(None)
    }

    async fn expected_in(
        &self,
        index: &IndexName,
        arrival: &Arrival,
    ) -> Result<Vec<Held>, HouseError> {
        let listed = self.store.range(index, i64::MIN, LOOKED_AT).await?;
        let counts =
            |score: i64| score >= 0 || pending().iter().any(|range| range.contains(&score));
        let ids = listed.into_iter().filter(|entry| counts(entry.score));
        let ids: Vec<_> = ids.map(|entry| CallbackId::new(entry.id)).collect();
        let held = self.hold_all(&ids).await?.into_iter().flatten();
        let expects = |held: &Held| {
            let options = self.options(&held.callback);
            held.callback.expects(arrival, &options)
        };
        Ok(held.filter(expects).collect())
    }

    /// Whether customers are told to call this number; calls to others are somebody else's.
    pub fn is_called(&self, number: &PhoneNumber) -> bool {
        self.line(number).is_some()
    }

    /// Gives a call that has arrived to the callback it belongs to, once: it may be offered again. `None` when there is
    /// none.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn take_arrival(
        &self,
        call: &CallId,
        arrival: &Arrival,
    ) -> Result<Option<Callback>, HouseError> {
        loop {
            let Some(mut held) = self.expected(arrival).await? else {
                return self.given(call).await;
            };
            let (options, now) = (self.options(&held.callback), self.clock.now());
            let input = Input::Arrive(call.clone());
            let Decision::Step(step) = held.callback.step(input, &options, now) else {
                return Ok(None);
            };
            if self.commit(&mut held, &step).await? == Committed::Yes {
                self.perform(&held.callback.id, step.effects).await?;
                return Ok(Some(held.callback));
            }
        }
    }

    /// The callback that a call was given to before. It is looked for after it was not expected: whoever is given the
    /// call between the two is found here.
    async fn given(&self, call: &CallId) -> Result<Option<Callback>, HouseError> {
        let found = self.store.range(&arrived_index(call), i64::MIN, 1).await?;
        let Some(entry) = found.into_iter().next() else {
            return Ok(None);
        };
        let Some(held) = self.hold(&CallbackId::new(entry.id)).await? else {
            return Ok(None);
        };
        let (options, now) = (self.options(&held.callback), self.clock.now());
        let input = Input::Arrive(call.clone());
        if let Decision::Only(effects) = held.callback.step(input, &options, now) {
            self.perform(&held.callback.id, effects).await?;
        }
        Ok(Some(held.callback))
    }
}

/// Since when its customer is expected.
const fn since(callback: &Callback) -> Option<Timestamp> {
    let State::Arranging { at, .. } = callback.state else {
        return None;
    };
    Some(at)
}
