//! A lane in hand.

use std::sync::Arc;

use ringback_core::bulletin::Bulletin;
use ringback_core::callback::Callback;
use ringback_core::event::{Event, EventName};
use ringback_core::event_list::Told;
use ringback_core::ids::LaneId;
use ringback_core::key::{IndexName, Key};
use ringback_core::lane::{Attempt, Lane, LaneState};
use ringback_core::notify::{Destination, ParcelError, Providers, Recipient};
use ringback_core::subscription::Subscription;
use ringback_core::time::Timestamp;
use ringback_ports::bus::Bus;
use ringback_ports::sender::Sender;
use ringback_ports::store::{Put, Store};
use tracing::Span;

use super::Notifier;
use crate::house::{HINT_TIME, HouseError, decode, encode, index_changes, read_callback};
use crate::settings::{Settings, count_key};

/// A lane in hand, with what it is about.
pub(super) struct Found {
    pub about: About,
    pub lane: Lane,
    pub version: u64,
    pub settings: Arc<Settings>,
    /// What has been tried since the lane was last written down.
    pub attempts: Vec<Attempt>,
    /// The trace of the hint that brought it.
    pub span: Span,
    /// Where it is listed as written down.
    listed: Vec<(IndexName, i64)>,
    subscription: Option<Arc<Subscription>>,
    destination: Option<Result<Destination, ParcelError>>,
}

/// What a lane is about.
pub(super) enum About {
    Callback(Box<Callback>),
    Bulletin(Box<Bulletin>),
}

impl About {
    /// The document whose log it tells.
    pub fn key(&self) -> Key {
        match self {
            Self::Callback(callback) => callback.id.key(),
            Self::Bulletin(bulletin) => bulletin.id.key(),
        }
    }

    /// The callback, if it is one.
    pub fn callback(&self) -> Option<&Callback> {
        match self {
            Self::Callback(callback) => Some(callback),
            Self::Bulletin(_) => None,
        }
    }
}

/// One entry of a log.
pub(super) enum News {
    Event(Event),
    Bulletin(Box<Bulletin>),
}

impl News {
    /// What happened.
    pub fn tag(&self) -> &str {
        match self {
            Self::Event(event) => event.name.as_str(),
            Self::Bulletin(bulletin) => &bulletin.tag,
        }
    }
}

/// Whether an event is for the target, and what of it.
pub(crate) enum Telling<'a> {
    /// It is not.
    No,
    /// As the default set has it.
    Default,
    /// As an event list has it.
    As(&'a Told),
}

impl Found {
    fn new(
        about: About,
        lane: Lane,
        version: u64,
        settings: Arc<Settings>,
        providers: &Providers,
    ) -> Self {
        let own = lane.id.subscription();
        let subscription = own.and_then(|id| {
            settings
                .subscriptions
                .iter()
                .find(|it| it.id == id)
                .cloned()
        });
        let mut found = Self {
            listed: lane.listings(),
            about,
            lane,
            version,
            settings,
            attempts: Vec::new(),
            span: Span::current(),
            subscription,
            destination: None,
        };
        found.destination = found
            .recipient()
            .map(|recipient| recipient.destination(providers));
        found
    }

    /// Who is told by this lane.
    pub fn recipient(&self) -> Option<&Recipient> {
        match self.lane.id.subscription() {
            Some(_) if self.lane.id.is_push() => {
                self.about.callback()?.notify.as_ref()?.push.as_ref()
            }
            Some(_) => self
                .subscription
                .as_ref()
                .map(|subscription| &subscription.recipient),
            None => self.about.callback()?.notify.as_ref()?.own.as_ref(),
        }
    }

    /// Where its messages go to, if anything can be sent there.
    pub fn destination(&self) -> Option<&Destination> {
        self.destination.as_ref()?.as_ref().ok()
    }

    /// Why nothing can be sent there.
    pub fn no_destination(&self) -> Option<&ParcelError> {
        self.destination.as_ref()?.as_ref().err()
    }

    /// Reads an entry of the log.
    pub fn news(&self, entry: &[u8]) -> Result<News, HouseError> {
        let key = self.about.key();
        match &self.about {
            About::Callback(_) => Ok(News::Event(decode(&key, entry)?)),
            About::Bulletin(_) => Ok(News::Bulletin(Box::new(decode(&key, entry)?))),
        }
    }

    /// Whether something is for the target of this lane. A bulletin was published to its subscriptions.
    pub fn telling(&self, news: &News) -> Telling<'_> {
        let (News::Event(event), Some(callback)) = (news, self.about.callback()) else {
            return Telling::Default;
        };
        if self.lane.id.is_push() {
            return is_question(event);
        }
        let wanted = |it: &Arc<Subscription>| it.wants(event.name.as_str(), event.at);
        if self.subscription.as_ref().is_some_and(|it| !wanted(it)) {
            return Telling::No;
        }
        let telling = telling(callback, &self.settings, event);
        if matches!(telling, Telling::No) && self.asks(callback) {
            return is_question(event);
        }
        telling
    }

    /// Whether whoever is told of every step also asks the customer, whatever the event list says.
    fn asks(&self, callback: &Callback) -> bool {
        let has_push = callback
            .notify
            .as_ref()
            .is_some_and(|plan| plan.push.is_some());
        self.lane.id.subscription().is_none() && !has_push
    }

    /// Whether there may be others that this lane hands events to.
    pub fn hands_on(&self) -> bool {
        let plan = self.about.callback().and_then(|it| it.notify.as_ref());
        let has_push = plan.is_some_and(|plan| plan.push.is_some());
        let is_head = self.lane.id.subscription().is_none();
        is_head && (has_push || !self.settings.subscriptions.is_empty())
    }

    /// The lane as it is written down, with what was tried since the last time.
    pub fn put(&self, alarm: Option<Timestamp>) -> Result<Put, HouseError> {
        let key = self.lane.key();
        let attempts = self.attempts.iter().map(|attempt| encode(&key, attempt));
        Ok(Put {
            version: self.version,
            body: encode(&key, &self.lane)?,
            alarm,
            log: attempts.collect::<Result<_, _>>()?,
            indexes: index_changes(&self.listed, self.lane.listings()),
            key,
        })
    }

    /// When somebody must look at it again; soon, if subscriptions have not been handed everything yet. The alarm of a
    /// held lane is the end of its hold, so that whatever happens brings it forward and is noticed by the holder.
    pub fn alarm(&self, now: Timestamp) -> Option<Timestamp> {
        let own = self.lane.alarm();
        if self.lane.is_held() || !self.hands_on() || self.lane.fan.cursor >= self.lane.cursor {
            return own;
        }
        let soon = now + HINT_TIME;
        Some(own.map_or(soon, |own| own.min(soon)))
    }

    /// It has been written down.
    pub fn written(&mut self) {
        self.version += 1;
        self.listed = self.lane.listings();
        self.attempts.clear();
    }

    /// New events came while the lane was held: goes on from what is stored. `false` when somebody else has taken it.
    pub fn catch_up(&mut self, stored: Lane, version: u64, taken: &LaneState) -> bool {
        if stored.state != *taken {
            return false;
        }
        self.listed = stored.listings();
        self.version = version;
        self.lane.fan = stored.fan;
        if let LaneState::Idle = self.lane.state {
            self.lane.state = stored.state;
        }
        true
    }
}

/// Whether an event of a callback is told at all, and what of it.
pub(crate) fn telling<'a>(
    callback: &Callback,
    settings: &'a Settings,
    event: &Event,
) -> Telling<'a> {
    let plan = callback.notify.as_ref();
    if plan.is_some_and(|plan| plan.silent) {
        return Telling::No;
    }
    let name = plan.and_then(|plan| plan.list.as_ref());
    match name.and_then(|name| settings.lists.get(name)) {
        Some(list) => list.told(event.name).map_or(Telling::No, Telling::As),
        None if event.name.is_in_default_set() => Telling::Default,
        None => Telling::No,
    }
}

fn is_question(event: &Event) -> Telling<'static> {
    if event.name == EventName::UserConfirm {
        Telling::Default
    } else {
        Telling::No
    }
}

impl<S: Store, B: Bus, P: Sender> Notifier<S, B, P> {
    /// Reads a lane, its callback and what is set. `None` when there is nothing to tell any more.
    pub(super) async fn find(&self, id: &LaneId) -> Result<Option<Found>, HouseError> {
        let keys = [
            id.callback().key(),
            id.key(),
            count_key(),
            id.bulletin().key(),
        ];
        // Only subscriptions are told bulletins.
        let asked = if id.subscription().is_some() {
            &keys[..]
        } else {
            &keys[..3]
        };
        let mut documents = self.house.store.get(asked).await?.into_iter();
        let mut next = || documents.next().flatten();
        let (callback, Some(lane), count, bulletin) = (next(), next(), next(), next()) else {
            return Ok(None);
        };
        let about = match (callback, bulletin) {
            (Some(callback), _) => {
                About::Callback(Box::new(read_callback(&keys[0], &callback.body)?))
            }
            (None, Some(bulletin)) => About::Bulletin(Box::new(decode(&keys[3], &bulletin.body)?)),
            (None, None) => return Ok(None),
        };
        let settings = self.house.settings_at(count.as_ref()).await?;
        let (version, lane) = (lane.version, decode(&keys[1], &lane.body)?);
        let providers = &self.house.providers;
        Ok(Some(Found::new(about, lane, version, settings, providers)))
    }
}
