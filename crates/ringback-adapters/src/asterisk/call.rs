//! One call: its channels, and the task that owns them.

mod agent;
mod customer;

use std::sync::Arc;
use std::time::Duration;

use ringback_core::call::{AnsweredBy, CallCommand, CallId, CallStatus, DialOrder, Party, Report};
use ringback_ports::telephony::{PhoneError, PhoneEvent};
use tokio::sync::{mpsc, oneshot};

pub(super) use customer::OWNER;

use super::Shared;
use super::event::ChannelEvent;
use super::outcome::Note;
use super::rest::AriError;

/// How long the task of a call that is over, or another dialer's, answers questions before it ends.
const LINGER: Duration = Duration::from_secs(60);

/// The longest name of a caller that is sent, in characters.
const LONGEST_NAME: usize = 64;

/// Which channel of a call. No name of one is the beginning of another's: Asterisk refuses such an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leg {
    Customer,
    /// The nth agent who was rung.
    Agent(u8),
}

impl Leg {
    pub fn channel(self, call: &CallId) -> String {
        match self {
            // Asterisk has named it before we knew it.
            Self::Customer if !is_attempt(call) => call.to_string(),
            Self::Customer => format!("c00-{call}-"),
            Self::Agent(nth) => format!("a{nth:02}-{call}-"),
        }
    }
}

pub(super) fn bridge(call: &CallId) -> String {
    format!("b00-{call}-")
}

/// Whether we dialed it; otherwise its customer has called.
fn is_attempt(call: &CallId) -> bool {
    let attempt = call.as_str().rsplit_once("-c-");
    attempt.is_some_and(|(_, attempt)| attempt.parse::<u32>().is_ok())
}

/// Where the dialplan leaves what became of a channel.
pub(super) fn note_of(channel: &str) -> String {
    format!("RB_OUTCOME_{channel}")
}

/// Where a successor leaves its name while the dialplan has the channel: variables of a channel can be set only in our own
/// application.
pub(super) fn listener_of(channel: &str) -> String {
    format!("RB_APP_{channel}")
}

/// The channel variable that user data of this name stands in.
fn data_variable(name: &str) -> String {
    format!("RB_DATA_{}", name.replace('-', "_"))
}

/// What stands there once a call id is closed for good.
pub(super) const CLOSED: &str = "closed";

/// The call and leg of a channel. One that we have not named is that of a customer who has called.
pub(super) fn leg_of(channel: &str) -> (CallId, Leg) {
    made_by_us(channel).unwrap_or_else(|| (CallId::from_wire(channel), Leg::Customer))
}

fn made_by_us(channel: &str) -> Option<(CallId, Leg)> {
    let (leg, call) = channel.strip_suffix('-')?.split_once('-')?;
    let nth = leg.get(1..).filter(|nth| nth.len() == 2)?.parse().ok()?;
    let leg = match leg.as_bytes().first()? {
        b'c' => Leg::Customer,
        b'a' => Leg::Agent(nth),
        _ => return None,
    };
    Some((CallId::from_wire(call), leg))
}

/// What the task of a call is told.
pub(super) enum Message {
    Order(CallCommand, oneshot::Sender<Result<(), PhoneError>>),
    Inspect(oneshot::Sender<Result<CallStatus, PhoneError>>),
    Event(Leg, ChannelEvent),
    /// Events may have been missed.
    Stale,
}

/// How far the customer's channel is.
#[derive(Clone, Debug)]
pub(super) enum Customer {
    None,
    /// Made, and dialed as soon as it is in our application.
    Made(DialOrder),
    Ringing {
        detect: bool,
    },
    /// Answered; the dialplan listens what by.
    Detecting,
    /// Has called, and is answered as soon as the channel is in our application.
    Claimed,
    Up(AnsweredBy),
}

/// How far the channel of the agent is that was rung last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Agent {
    None,
    Made,
    Ringing,
    Up,
}

/// One call, as its task knows it.
pub(super) struct Call {
    pub(super) shared: Arc<Shared>,
    pub(super) id: CallId,
    pub(super) customer: Customer,
    pub(super) agent: Agent,
    /// How many agents were rung.
    pub(super) agents: u8,
    pub(super) talks: bool,
    /// Whether its events come to this dialer, and all of them have.
    pub(super) owned: bool,
    pub(super) ended: Option<CallStatus>,
    has_rung: bool,
    by_us: bool,
    holds: bool,
    playing: Option<String>,
    /// A sound that was cut short: its end is no end of a treatment.
    stopped: Option<String>,
    played: u32,
    /// Orders for a customer who has called and is not answered yet.
    deferred: Vec<Message>,
}

impl Call {
    pub fn new(shared: Arc<Shared>, id: CallId) -> Self {
        Self {
            shared,
            id,
            customer: Customer::None,
            agent: Agent::None,
            agents: 0,
            talks: false,
            owned: false,
            ended: None,
            has_rung: false,
            by_us: false,
            holds: false,
            playing: None,
            stopped: None,
            played: 0,
            deferred: Vec::new(),
        }
    }

    /// Until it has been over, or elsewhere, for a while.
    pub async fn run(mut self, mut messages: mpsc::Receiver<Message>) {
        loop {
            let next = tokio::time::timeout(LINGER, messages.recv()).await;
            match next {
                Ok(Some(message)) => self.handle(message).await,
                Ok(None) => return,
                Err(_) if self.owned && self.ended.is_none() => {}
                Err(_) => break,
            }
        }
        self.shared.forget(&self.id);
        if self.ended.is_some() && self.owned {
            self.shared.over.push(&self.id, self.agents);
        }
        // What came in that moment: who asked for it asks again.
        messages.close();
    }

    async fn handle(&mut self, message: Message) {
        let waits = match &message {
            Message::Order(command, _) => *command != CallCommand::HangUp,
            Message::Inspect(_) | Message::Event(..) | Message::Stale => false,
        };
        if waits && matches!(self.customer, Customer::Claimed) {
            self.deferred.push(message);
            return;
        }
        self.act_on(message).await;
        if !matches!(self.customer, Customer::Claimed) {
            for message in std::mem::take(&mut self.deferred) {
                self.act_on(message).await;
            }
        }
    }

    async fn act_on(&mut self, message: Message) {
        match message {
            // Who has asked may have gone.
            Message::Order(command, answer) => drop(answer.send(self.order(command).await)),
            Message::Inspect(answer) => drop(answer.send(self.inspect().await)),
            Message::Stale => self.owned = false,
            Message::Event(leg, event) => {
                if let Err(error) = self.on_event(leg, event).await {
                    tracing::warn!(call = %self.id, %error, "Asterisk did not do what a call needed");
                }
            }
        }
    }

    async fn order(&mut self, command: CallCommand) -> Result<(), PhoneError> {
        match command {
            CallCommand::Dial(order) => self.dial(order).await,
            CallCommand::Summon { dn, attached } => self.summon(&dn, &attached).await,
            CallCommand::Connect { dn, attached } => self.connect(&dn, &attached).await,
            CallCommand::Play { sound } => Ok(self.play(&sound).await?),
            CallCommand::Hold { sound } => Ok(self.hold(&sound).await?),
            CallCommand::HangUp => Ok(self.hang_up().await?),
        }
    }

    async fn inspect(&mut self) -> Result<CallStatus, PhoneError> {
        if let Some(status) = self.ended {
            return Ok(status);
        }
        if self.owned {
            return Ok(self.status());
        }
        Ok(self.recover().await?)
    }

    pub(super) fn status(&self) -> CallStatus {
        match &self.customer {
            Customer::None => CallStatus::Summoned {
                answered: self.agent == Agent::Up,
            },
            Customer::Made(_) | Customer::Ringing { .. } | Customer::Detecting => {
                CallStatus::Ringing
            }
            Customer::Claimed => CallStatus::Up {
                by: AnsweredBy::Person,
                connected: false,
            },
            Customer::Up(by) => CallStatus::Up {
                by: *by,
                connected: self.talks,
            },
        }
    }

    async fn on_event(&mut self, leg: Leg, event: ChannelEvent) -> Result<(), AriError> {
        match &event {
            ChannelEvent::Entered(_) => self.owned = true,
            ChannelEvent::Left => {
                // The dialplan gives it back when it has listened.
                self.owned &= matches!(self.customer, Customer::Detecting);
                return Ok(());
            }
            ChannelEvent::Gone(_) => {
                if !self.learns_whose_end(leg).await? {
                    return Ok(());
                }
            }
            ChannelEvent::Rings | ChannelEvent::IsUp | ChannelEvent::Played(_) => {}
        }
        match leg {
            Leg::Customer => self.on_customer(event).await,
            Leg::Agent(nth) if nth == self.agents => self.on_agent(event).await,
            Leg::Agent(_) => Ok(()),
        }
    }

    /// Whether the channel that is gone was this dialer's. What another dialer has taken over is that one's to tell, and
    /// whether one of us ended it is known by the note alone: a ring time-out looks like a wish of ours.
    async fn learns_whose_end(&mut self, leg: Leg) -> Result<bool, AriError> {
        let ari = &self.shared.ari;
        let note = ari.global(&note_of(&self.channel(leg))).await?;
        let Some(note) = Note::read(&note) else {
            return Ok(true);
        };
        self.by_us |= note.by_us;
        let is_ours = note.owner.is_empty() || note.owner == ari.app;
        self.owned &= is_ours;
        Ok(is_ours)
    }

    pub(super) fn channel(&self, leg: Leg) -> String {
        leg.channel(&self.id)
    }

    pub(super) fn report(&self, report: Report) {
        let call = self.id.clone();
        self.shared.inbox.push(PhoneEvent::Call { call, report });
    }

    /// Tells the end of the call once, and leaves nothing of it behind.
    async fn end(&mut self, status: CallStatus, report: Report) -> Result<(), AriError> {
        if self.ended.replace(status).is_some() {
            return Ok(());
        }
        self.report(report);
        let ari = &self.shared.ari;
        if !matches!(self.customer, Customer::None) {
            ari.hang_up(&self.channel(Leg::Customer)).await?;
        }
        if self.agent != Agent::None {
            ari.hang_up(&self.channel(Leg::Agent(self.agents))).await?;
        }
        if self.talks {
            ari.remove_bridge(&bridge(&self.id)).await?;
        }
        Ok(())
    }

    /// Ends it, whoever has it. A call id that nobody knows is closed.
    async fn hang_up(&mut self) -> Result<(), AriError> {
        if self.ended.is_some() {
            return Ok(());
        }
        let mut found = false;
        for leg in [Leg::Customer, Leg::Agent(self.agents.max(1))] {
            let channel = self.channel(leg);
            if self.shared.ari.channel(&channel).await?.is_some() {
                found = true;
                // Read by the dialplan when the channel ends: a successor must not take it for the customer's wish.
                self.shared.ari.set(&channel, "RB_US", "1").await.ok();
                self.by_us = true;
                self.shared.ari.hang_up(&channel).await?;
            }
        }
        if !found {
            self.close().await?;
        }
        Ok(())
    }

    /// From now on no dial under this id rings anybody.
    pub(super) async fn close(&self) -> Result<(), AriError> {
        for leg in [Leg::Customer, Leg::Agent(1)] {
            let note = note_of(&self.channel(leg));
            if self.shared.ari.global(&note).await?.is_empty() {
                self.shared.ari.set_global(&note, CLOSED).await?;
            }
        }
        Ok(())
    }

    async fn play(&mut self, sound: &str) -> Result<(), AriError> {
        self.silence().await?;
        let channel = self.channel(Leg::Customer);
        self.played += 1;
        let playback = format!(
            "{channel}-{:08x}-{}",
            getrandom::u32().unwrap_or_default(),
            self.played
        );
        let media = match sound {
            _ if sound.contains(':') && !sound.starts_with("http") => sound.to_owned(),
            _ => format!("sound:{sound}"),
        };
        self.playing = Some(playback.clone());
        self.shared.ari.play(&channel, &playback, &media).await
    }

    async fn hold(&mut self, sound: &str) -> Result<(), AriError> {
        self.silence().await?;
        let music = match sound {
            "" | "music" => self.shared.address.music.as_str(),
            class => class,
        };
        self.holds = true;
        let channel = self.channel(Leg::Customer);
        self.shared.ari.hold(&channel, music).await
    }

    /// Ends what the customer hears.
    async fn silence(&mut self) -> Result<(), AriError> {
        if let Some(playing) = self.playing.take() {
            self.stopped = Some(playing.clone());
            self.shared.ari.stop_playing(&playing).await?;
        }
        if std::mem::take(&mut self.holds) {
            let channel = self.channel(Leg::Customer);
            self.shared.ari.stop_holding(&channel).await?;
        }
        Ok(())
    }

    /// A sound of the customer's has ended.
    fn on_played(&mut self, playback: &str) {
        if !self.owned || self.stopped.as_deref() == Some(playback) {
            self.stopped = None;
            return;
        }
        self.playing = None;
        self.report(Report::TreatmentDone);
    }

    pub(super) const fn ender(&self, other: Party) -> Party {
        if self.by_us { Party::Us } else { other }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_are_recognised_and_none_is_the_beginning_of_another() {
        let attempt = |nth| CallId::of_attempt("07-20e740d3-8458-43d6-834d-3713c3385bac", nth);
        let arrived = [
            CallId::from_wire("1796082520.1"),
            CallId::from_wire("1796082520.17"),
        ];
        let mut channels = Vec::new();
        for call in [attempt(1), attempt(12)].iter().chain(&arrived) {
            for leg in [Leg::Customer, Leg::Agent(1), Leg::Agent(12)] {
                let channel = leg.channel(call);
                assert_eq!(leg_of(&channel), (call.clone(), leg));
                channels.push((channel, arrived.contains(call) && leg == Leg::Customer));
            }
        }
        // Those that Asterisk names are its own business.
        for (one, _) in channels.iter().filter(|(_, is_theirs)| !is_theirs) {
            let begun = channels
                .iter()
                .filter(|(other, _)| other != one && other.starts_with(one.as_str()));
            assert_eq!(begun.count(), 0, "{one}");
        }
        for theirs in [
            "",
            "c00",
            "c0-x-",
            "a00-",
            "b00-x-",
            "1796082520.17",
            "é00-x-",
        ] {
            assert_eq!(
                leg_of(theirs),
                (CallId::from_wire(theirs), Leg::Customer),
                "{theirs}"
            );
        }
    }
}
