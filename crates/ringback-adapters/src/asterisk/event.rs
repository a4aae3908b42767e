//! What Asterisk tells about channels. What is not known here is none of our business.

use serde::Deserialize;

use super::outcome::Cause;

/// The types that are listened to; Asterisk is asked to send no others.
pub(super) const TYPES: [&str; 7] = [
    "StasisStart",
    "StasisEnd",
    "ChannelStateChange",
    "ChannelDestroyed",
    "CallBroadcast",
    "PlaybackFinished",
    "ApplicationReplaced",
];

/// Something happened to a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ChannelEvent {
    /// It is in our application, with these arguments.
    Entered(Vec<String>),
    /// It has left our application: it is gone, in the dialplan, or with another dialer.
    Left,
    Rings,
    IsUp,
    Gone(Cause),
    /// A sound has ended, whose playback has this id.
    Played(String),
}

/// One line of the socket.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    Channel(String, ChannelEvent),
    /// A customer has called, and the call is offered to every dialer.
    Offered(Offer),
    /// Another socket has taken our application: this one is deaf from now on.
    Replaced,
    Other,
}

/// A call that is offered.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Offer {
    pub channel: String,
    pub called: String,
    pub caller: String,
}

#[derive(Deserialize)]
struct Raw {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    args: Vec<String>,
    #[serde(default)]
    cause: u32,
    #[serde(default)]
    tech_cause: Option<u32>,
    #[serde(default)]
    called: String,
    #[serde(default)]
    caller: String,
    channel: Option<Channel>,
    playback: Option<Playback>,
}

#[derive(Deserialize)]
struct Channel {
    id: String,
    #[serde(default)]
    state: String,
}

#[derive(Deserialize)]
struct Playback {
    id: String,
    target_uri: String,
}

impl Line {
    /// Reads what the socket carries.
    ///
    /// # Errors
    /// When it is no event of ARI.
    pub fn read(text: &str) -> Result<Self, serde_json::Error> {
        let raw: Raw = serde_json::from_str(text)?;
        if raw.kind == "ApplicationReplaced" {
            return Ok(Self::Replaced);
        }
        if raw.kind == "PlaybackFinished" {
            return Ok(raw.playback.and_then(played).unwrap_or(Self::Other));
        }
        let Some(channel) = raw.channel else {
            return Ok(Self::Other);
        };
        if raw.kind == "CallBroadcast" {
            return Ok(Self::Offered(Offer {
                channel: channel.id,
                called: raw.called,
                caller: raw.caller,
            }));
        }
        let event = match (raw.kind.as_str(), channel.state.as_str()) {
            ("StasisStart", _) => ChannelEvent::Entered(raw.args),
            ("StasisEnd", _) => ChannelEvent::Left,
            ("ChannelStateChange", "Ringing") => ChannelEvent::Rings,
            ("ChannelStateChange", "Up") => ChannelEvent::IsUp,
            ("ChannelDestroyed", _) => ChannelEvent::Gone(Cause {
                q850: raw.cause,
                sip: raw.tech_cause.filter(|sip| *sip > 0),
            }),
            _ => return Ok(Self::Other),
        };
        Ok(Self::Channel(channel.id, event))
    }
}

fn played(playback: Playback) -> Option<Line> {
    let channel = playback.target_uri.strip_prefix("channel:")?;
    let event = ChannelEvent::Played(playback.id);
    Some(Line::Channel(channel.to_owned(), event))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Line) {
        assert_eq!(Line::read(text).unwrap(), expected, "{text}");
    }

    #[test]
    fn events_are_read_and_others_are_ignored() {
        let of = |event| Line::Channel("c1".to_owned(), event);
        check(
            r#"{"type":"StasisStart","args":["cpd","HUMAN"],"channel":{"id":"c1","state":"Up","x":{}}}"#,
            of(ChannelEvent::Entered(vec![
                "cpd".to_owned(),
                "HUMAN".to_owned(),
            ])),
        );
        check(
            r#"{"type":"ChannelDestroyed","cause":17,"tech_cause":486,"channel":{"id":"c1"}}"#,
            of(ChannelEvent::Gone(Cause {
                q850: 17,
                sip: Some(486),
            })),
        );
        check(
            r#"{"type":"PlaybackFinished","playback":{"id":"p1","target_uri":"channel:c1"}}"#,
            of(ChannelEvent::Played("p1".to_owned())),
        );
        let offer = Offer {
            channel: "1796082520.17".to_owned(),
            called: "8005550100".to_owned(),
            caller: "+15550100".to_owned(),
        };
        check(
            r#"{"type":"CallBroadcast","called":"8005550100","caller":"+15550100","channel":{"id":"1796082520.17"}}"#,
            Line::Offered(offer),
        );
        check(
            r#"{"type":"ApplicationReplaced","application":"x"}"#,
            Line::Replaced,
        );
        for other in [
            r#"{"type":"ChannelVarset","variable":"X","channel":{"id":"c1"}}"#,
            r#"{"type":"ChannelStateChange","channel":{"id":"c1","state":"Ring"}}"#,
            r#"{"type":"PlaybackFinished","playback":{"id":"p1","target_uri":"bridge:b"}}"#,
            r#"{"type":"SomethingNew"}"#,
        ] {
            check(other, Line::Other);
        }
    }

    #[test]
    fn what_is_no_event_is_an_error_and_never_a_panic() {
        for text in [
            "",
            "{",
            "[]",
            r#"{"type":1}"#,
            r#"{"type":"StasisStart","channel":7}"#,
        ] {
            assert!(Line::read(text).is_err(), "{text}");
        }
    }
}
