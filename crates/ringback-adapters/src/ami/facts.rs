//! What the events of `app_queue` say of agents and callers.

use std::time::Duration;

use ringback_core::acd::{AcdAgent, AcdCall, Device, Fact, Membership};
use ringback_core::time::Timestamp;

use super::frames::Message;

/// The times of `app_queue` are whole seconds, rounded down.
const ROUNDED: Duration = Duration::from_secs(1);

/// Reads what one Asterisk says.
pub(super) struct Reader {
    /// Its name: agents and calls of another may have the same names.
    host: String,
    /// How far its clock is ahead of ours, in milliseconds, where it tells its time.
    ahead: i64,
}

impl Reader {
    pub fn of(host: &str) -> Self {
        Self {
            host: host.to_owned(),
            ahead: 0,
        }
    }

    /// The fact that a message states; `None` for one that is none of ours, or lacks what it must have.
    pub fn read(&mut self, message: &Message, now: Timestamp) -> Option<Fact> {
        self.learn_time(message, now);
        let field = |name: &str| message.get(name).filter(|value| !value.is_empty());
        let queue = || field("Queue").map(str::to_owned);
        let call = || field("Uniqueid").map(|id| AcdCall::on(&self.host, id));
        let interface = || field("Interface").or_else(|| field("Location"));
        let agent = || interface().map(|interface| AcdAgent::on(&self.host, interface));
        Some(match message.event() {
            "QueueMember" | "QueueMemberStatus" | "QueueMemberAdded" | "QueueMemberPause" => {
                Fact::Member(agent()?, queue()?, self.membership(message)?)
            }
            "QueueMemberRemoved" => Fact::MemberGone(agent()?, queue()?),
            "QueueEntry" => Fact::Waits(call()?, queue()?, message.number("Position")?),
            "QueueCallerJoin" => Fact::Joined(call()?, queue()?, message.number("Position")?),
            "QueueCallerLeave" => Fact::Left(call()?),
            "AgentCalled" => Fact::Offered(agent()?, call()?),
            "AgentRingNoAnswer" | "AgentConnect" => Fact::OfferEnded(agent()?, call()?),
            "QueueStatusComplete" => Fact::SnapshotEnds,
            _ => return None,
        })
    }

    fn membership(&self, message: &Message) -> Option<Membership> {
        let in_call = message.number::<u8>("InCall") == Some(1);
        let device = match message.number::<u8>("Status")? {
            _ if in_call => Device::Busy,
            1 => Device::Idle,
            2 | 3 | 8 => Device::Busy,
            6 | 7 => Device::Ringing,
            _ => Device::Away,
        };
        let reason = || message.get("PausedReason").unwrap_or_default().to_owned();
        let is_paused = message.get("Paused")? == "1";
        Some(Membership {
            device,
            paused: is_paused.then(reason),
            wrap_up_until: self.wrap_up(message),
        })
    }

    /// Wrapping up has no state there: it follows from the last call and the member's own time for it.
    fn wrap_up(&self, message: &Message) -> Option<Timestamp> {
        let last: i64 = message.number("LastCall").filter(|last| *last > 0)?;
        let span: u64 = message.number("Wrapuptime").filter(|span| *span > 0)?;
        let last = last.checked_mul(1000)?.checked_sub(self.ahead)?;
        let span = Duration::from_secs(span).saturating_add(ROUNDED);
        Some(Timestamp::from_millis(last) + span)
    }

    fn learn_time(&mut self, message: &Message, now: Timestamp) {
        let told: Option<f64> = message.number("Timestamp");
        if let Some(told) = told.filter(|told| (0.0..1e11).contains(told)) {
            #[expect(clippy::cast_possible_truncation, reason = "the range was checked")]
            let told = (told * 1000.0) as i64;
            self.ahead = told - now.as_millis();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::frames::Decoder;
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_796_082_520_000);

    fn read(text: &str) -> Option<Fact> {
        let text = format!("{}\n\n", text.replace("; ", "\n"));
        let messages = Decoder::default().push(text.as_bytes()).unwrap();
        let mut reader = Reader::of("pbx");
        messages
            .iter()
            .map(|message| reader.read(message, NOW))
            .next_back()
            .flatten()
    }

    fn ann() -> AcdAgent {
        AcdAgent::on("pbx", "PJSIP/a1")
    }

    fn call() -> AcdCall {
        AcdCall::on("pbx", "pbx-1.2")
    }

    #[test]
    fn what_is_said_of_callers_and_offers() {
        let support = || "support".to_owned();
        for (text, fact) in [
            (
                "Event: QueueCallerJoin; Queue: support; Position: 3; Uniqueid: pbx-1.2",
                Fact::Joined(call(), support(), 3),
            ),
            (
                "Event: QueueEntry; Queue: support; Position: 3; Uniqueid: pbx-1.2",
                Fact::Waits(call(), support(), 3),
            ),
            (
                "Event: QueueCallerLeave; Queue: support; Position: 1; Uniqueid: pbx-1.2",
                Fact::Left(call()),
            ),
            (
                "Event: AgentCalled; Interface: PJSIP/a1; Uniqueid: pbx-1.2",
                Fact::Offered(ann(), call()),
            ),
            (
                "Event: AgentRingNoAnswer; Interface: PJSIP/a1; Uniqueid: pbx-1.2",
                Fact::OfferEnded(ann(), call()),
            ),
            (
                "Event: AgentConnect; Interface: PJSIP/a1; Uniqueid: pbx-1.2",
                Fact::OfferEnded(ann(), call()),
            ),
            (
                "Event: QueueMemberRemoved; Queue: support; Interface: PJSIP/a1",
                Fact::MemberGone(ann(), support()),
            ),
            (
                "Event: QueueStatusComplete; EventList: Complete",
                Fact::SnapshotEnds,
            ),
        ] {
            assert_eq!(read(text), Some(fact), "{text}");
        }
    }

    #[test]
    fn what_is_said_of_agents() {
        let membership = |device, paused: Option<&str>| Membership {
            device,
            paused: paused.map(str::to_owned),
            wrap_up_until: None,
        };
        for (fields, expected) in [
            ("Status: 1; Paused: 0", membership(Device::Idle, None)),
            (
                "Status: 1; Paused: 1; PausedReason: lunch",
                membership(Device::Idle, Some("lunch")),
            ),
            ("Status: 1; Paused: 1", membership(Device::Idle, Some(""))),
            (
                "Status: 2; Paused: 0; InCall: 0",
                membership(Device::Busy, None),
            ),
            (
                "Status: 1; Paused: 0; InCall: 1",
                membership(Device::Busy, None),
            ),
            ("Status: 6; Paused: 0", membership(Device::Ringing, None)),
            ("Status: 5; Paused: 0", membership(Device::Away, None)),
            ("Status: 99; Paused: 0", membership(Device::Away, None)),
            (
                "Status: 1; Paused: 0; LastCall: 0; Wrapuptime: 4",
                membership(Device::Idle, None),
            ),
        ] {
            let expected = Some(Fact::Member(ann(), "support".to_owned(), expected));
            let event =
                format!("Event: QueueMemberStatus; Queue: support; Interface: PJSIP/a1; {fields}");
            assert_eq!(read(&event), expected, "{fields}");
            let item = format!("Event: QueueMember; Queue: support; Location: PJSIP/a1; {fields}");
            assert_eq!(read(&item), expected, "{fields}");
        }
    }

    /// The machine of this Asterisk is ten seconds ahead.
    #[test]
    fn wrapping_up_ends_by_our_clock() {
        let text = "Event: QueueMemberStatus; Timestamp: 1796082530.000000; Queue: support; Interface: PJSIP/a1; Status: 1; \
                    Paused: 0; LastCall: 1796082529; Wrapuptime: 4";
        let Some(Fact::Member(_, _, membership)) = read(text) else {
            panic!("it is said of an agent");
        };
        assert_eq!(membership.wrap_up_until, Some(NOW + Duration::from_secs(4)));
    }

    #[test]
    fn what_lacks_something_or_is_unknown_states_nothing() {
        for text in [
            "Event: QueueCallerJoin; Queue: support; Uniqueid: pbx-1.2",
            "Event: QueueCallerJoin; Queue: support; Position: x; Uniqueid: pbx-1.2",
            "Event: QueueCallerLeave; Uniqueid: ",
            "Event: QueueMember; Queue: support; Location: PJSIP/a1; Paused: 0",
            "Event: QueueMember; Queue: support; Status: 1; Paused: 0",
            "Event: Hangup; Uniqueid: pbx-1.2",
            "Response: Success",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
