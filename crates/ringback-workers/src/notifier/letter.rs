//! What is said of an event, and to whom.

use ringback_core::event::message;
use ringback_core::notify::Parcel;
use ringback_ports::bus::Bus;
use ringback_ports::sender::Sender;
use ringback_ports::store::Store;
use serde_json::{Map, Value};

use super::Notifier;
use super::hand::{Found, News, Telling};

/// A message ready to go.
pub(super) struct Letter {
    pub parcel: Parcel,
    /// Whose way it goes.
    pub provider: String,
    /// `webhook-id`: which event it is, for whomever it is.
    pub id: String,
    /// `ringback-sequence`: which of those for this target.
    pub sequence: u64,
}

impl<S: Store, B: Bus, P: Sender> Notifier<S, B, P> {
    /// What stands at `index` of the log, as the target's number `sequence`. `None` when there is nobody to tell.
    pub(super) fn letter(
        &self,
        found: &Found,
        news: &News,
        (index, sequence): (u64, u64),
    ) -> Option<Letter> {
        let (recipient, destination) = (found.recipient()?, found.destination()?);
        let providers = &self.house.providers;
        let message = self.message(found, news)?;
        let about = found.lane.id.callback();
        Some(Letter {
            parcel: recipient.parcel(destination, news.tag(), message, providers),
            provider: recipient.provider(providers).to_owned(),
            // The number that the event has in the callback's history. The slash keeps it apart from ids of the
            // build before, which counted per target.
            id: format!("{about}/{}", index.saturating_add(1)),
            sequence,
        })
    }

    fn message(&self, found: &Found, news: &News) -> Option<Map<String, Value>> {
        let event = match news {
            News::Event(event) => event,
            News::Bulletin(bulletin) => return Some(bulletin.message.clone()),
        };
        let callback = found.about.callback()?;
        let service = self.house.service(&callback.service);
        let told = match found.telling(news) {
            Telling::As(told) => Some(told),
            Telling::No | Telling::Default => None,
        };
        let mut message = message(event, callback, service.as_deref(), told);
        self.house.keys.rebase(&mut message);
        Some(message)
    }
}
