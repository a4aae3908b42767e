//! What has happened to callbacks.

use ringback_core::event::Event;
use ringback_core::ids::CallbackId;
use ringback_ports::store::Store;

use super::{House, HouseError, decode};

/// How many events are read in one go.
const PAGE: usize = 500;

impl<S: Store, B> House<S, B> {
    /// All events of a callback after the first `after` ones.
    ///
    /// # Errors
    /// When the store is away. An event that cannot be read is passed over.
    pub async fn events_after(
        &self,
        id: &CallbackId,
        after: u64,
    ) -> Result<Vec<Event>, HouseError> {
        let (key, mut events, mut behind) = (id.key(), Vec::new(), after);
        loop {
            let page = self.store.log(&key, behind, PAGE).await?;
            for entry in &page {
                events.extend(self.readable_entry(&key, behind, decode(&key, entry)));
                behind += 1;
            }
            if page.len() < PAGE {
                return Ok(events);
            }
        }
    }
}
