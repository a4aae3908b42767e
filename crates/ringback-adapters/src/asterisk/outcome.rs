//! What became of a channel: the table from causes to results, and the note that the dialplan leaves.

use ringback_core::call::{AnsweredBy, CallResult, CallStatus};

/// Why a channel ended, in Asterisk's words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Cause {
    /// ITU-T Q.850.
    pub q850: u32,
    /// The SIP status, where the version tells it (22 and later).
    pub sip: Option<u32>,
}

impl Cause {
    /// The result of a call that was never answered. The SIP status is clearer than what it is translated to; without one,
    /// "nobody answered" is concluded from there having been no answer, since older versions end a ring time-out with 0 or 16.
    pub fn result(self) -> CallResult {
        match (self.sip, self.q850) {
            (Some(486 | 600), _) => CallResult::Busy,
            (Some(408 | 480), _) => CallResult::NoAnswer,
            (Some(404 | 410 | 484 | 604), _) => CallResult::InvalidNumber,
            (Some(503), _) => CallResult::AllTrunksBusy,
            // Declined, unwanted, blocked. 403 is the carrier's word, about our account.
            (Some(603 | 607 | 608), _) => CallResult::Rejected,
            (Some(_), _) => CallResult::Error,
            (None, 17) => CallResult::Busy,
            (None, 0 | 16 | 18 | 19) => CallResult::NoAnswer,
            (None, 1 | 22 | 28) => CallResult::InvalidNumber,
            (None, 26) => CallResult::Dropped,
            (None, 34 | 42) => CallResult::AllTrunksBusy,
            (None, _) => CallResult::Error,
        }
    }
}

/// Who answered, from what the answering machine detection of the dialplan says. The customer expects this call, so a lost
/// person costs most: only what was heard to talk on counts as a machine, and whoever is silent or unclear is a person. A
/// service may be `strict`: then only what was heard as a person is one.
pub(super) fn answered_by(status: &str, cause: &str, strict: bool) -> AnsweredBy {
    if strict {
        return match status {
            // Where detection could not run, nobody was heard at all.
            "HUMAN" | "" => AnsweredBy::Person,
            _ => AnsweredBy::Machine,
        };
    }
    let reason = cause.split('-').next().unwrap_or_default();
    let talks_on = matches!(reason, "MAXWORDS" | "LONGGREETING" | "MAXWORDLENGTH");
    if status == "MACHINE" && talks_on {
        AnsweredBy::Machine
    } else {
        AnsweredBy::Person
    }
}

/// What the hang-up handler writes when a channel ends, as `cause:state:talked:us:epoch:owner:technology`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Note {
    cause: Cause,
    was_up: bool,
    has_talked: bool,
    /// Whether a dialer asked for its end.
    pub by_us: bool,
    /// The application that had it last.
    pub owner: String,
}

impl Note {
    /// Reads it; `None` when there is none, or none of ours.
    pub fn read(text: &str) -> Option<Self> {
        let mut parts = text.splitn(7, ':');
        let q850 = parts.next()?.trim().parse().ok()?;
        let state = parts.next()?;
        let (talked, us) = (parts.next()?, parts.next()?);
        let owner = parts.nth(1)?.to_owned();
        let technology = parts.next().unwrap_or_default();
        let sip = technology.strip_prefix("SIP ");
        let sip = sip.and_then(|rest| rest.split(' ').next()?.parse().ok());
        Some(Self {
            cause: Cause {
                q850,
                sip: sip.filter(|status| *status >= 300),
            },
            was_up: state == "Up",
            has_talked: talked == "1",
            by_us: us == "1",
            owner,
        })
    }

    pub fn status(&self) -> CallStatus {
        if self.was_up {
            let connected = self.has_talked;
            return CallStatus::Over { connected };
        }
        let result = if self.by_us {
            CallResult::Dropped
        } else {
            self.cause.result()
        };
        CallStatus::Failed { result }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of far ends that was tried on Asterisk 22 and 16.
    #[test]
    fn every_far_end_has_its_result() {
        for (q850, sip, result) in [
            (17, Some(486), CallResult::Busy),
            (17, Some(600), CallResult::Busy),
            (17, None, CallResult::Busy),
            (19, Some(480), CallResult::NoAnswer),
            (18, Some(408), CallResult::NoAnswer),
            (0, None, CallResult::NoAnswer),
            (16, None, CallResult::NoAnswer),
            (1, Some(404), CallResult::InvalidNumber),
            (1, Some(604), CallResult::InvalidNumber),
            (22, Some(410), CallResult::InvalidNumber),
            (28, Some(484), CallResult::InvalidNumber),
            (34, Some(503), CallResult::AllTrunksBusy),
            (21, Some(403), CallResult::Error),
            (21, Some(603), CallResult::Rejected),
            (127, Some(607), CallResult::Rejected),
            (127, Some(608), CallResult::Rejected),
            (21, None, CallResult::Error),
            (18, None, CallResult::NoAnswer),
            (19, Some(480), CallResult::NoAnswer),
            (1, None, CallResult::InvalidNumber),
            (22, None, CallResult::InvalidNumber),
            (28, None, CallResult::InvalidNumber),
            (34, None, CallResult::AllTrunksBusy),
            (42, None, CallResult::AllTrunksBusy),
            (27, None, CallResult::Error),
            (58, Some(488), CallResult::Error),
            (38, Some(500), CallResult::Error),
            (127, Some(400), CallResult::Error),
            (26, None, CallResult::Dropped),
        ] {
            assert_eq!(Cause { q850, sip }.result(), result, "{q850} {sip:?}");
        }
    }

    #[test]
    fn only_what_talks_on_is_a_machine() {
        let (person, machine) = (AnsweredBy::Person, AnsweredBy::Machine);
        for (status, cause, by, strictly) in [
            ("HUMAN", "HUMAN-800-800", person, person),
            ("MACHINE", "MAXWORDS-2-2", machine, machine),
            ("MACHINE", "LONGGREETING-1520-1500", machine, machine),
            ("MACHINE", "MAXWORDLENGTH-5000", machine, machine),
            ("MACHINE", "INITIALSILENCE-2500-2500", person, machine),
            ("NOTSURE", "TOOLONG-5000", person, machine),
            ("HANGUP", "", person, machine),
            ("", "", person, person),
        ] {
            assert_eq!(answered_by(status, cause, false), by, "{status} {cause}");
            assert_eq!(
                answered_by(status, cause, true),
                strictly,
                "{status} {cause}"
            );
        }
    }

    #[test]
    fn notes_of_the_dialplan_are_read() {
        for (text, status) in [
            (
                "17:Down:::1796082520:app-1:SIP 486 Busy Here",
                CallStatus::Failed {
                    result: CallResult::Busy,
                },
            ),
            (
                "0:Ringing::1:1796082520:app-1:",
                CallStatus::Failed {
                    result: CallResult::Dropped,
                },
            ),
            (
                "16:Up:::1796082520::SIP 200 OK",
                CallStatus::Over { connected: false },
            ),
            (
                "16:Up:1:1:1796082520:app-1:",
                CallStatus::Over { connected: true },
            ),
        ] {
            assert_eq!(
                Note::read(text).map(|note| note.status()),
                Some(status),
                "{text}"
            );
        }
        for text in ["", "busy", "17", "17:Up", "17:Up:::5"] {
            assert_eq!(Note::read(text), None, "{text}");
        }
    }
}
