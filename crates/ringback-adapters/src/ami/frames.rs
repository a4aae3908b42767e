//! The lines of the manager interface (AMI), without a socket: what is read, within bounds, and what is sent.

use std::fmt::Write;

/// The longest line that is read, in bytes.
const LONGEST_LINE: usize = 8 * 1024;
/// The most lines of one message.
const MOST_LINES: usize = 256;

/// An event, an item of a list or a response: names with values, in the order they came in.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Message(Vec<(String, String)>);

impl Message {
    /// The first value of that name, whatever its case; `None` where it is missing.
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut fields = self.0.iter();
        let found = fields.find(|(field, _)| field.eq_ignore_ascii_case(name))?;
        Some(&found.1)
    }

    /// Its number, if it is one.
    pub fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.get(name)?.trim().parse().ok()
    }

    /// Which event it is; empty for a response.
    pub fn event(&self) -> &str {
        self.get("Event").unwrap_or_default()
    }
}

/// Shows which event, nothing of the callers.
impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Message({} {} fields)", self.event(), self.0.len())
    }
}

/// Puts messages together from what a socket carries, wherever it is cut.
#[derive(Default)]
pub(super) struct Decoder {
    line: Vec<u8>,
    message: Message,
}

impl Decoder {
    /// The messages that are complete with these bytes.
    ///
    /// # Errors
    /// When a line or a message is longer than any that Asterisk sends. The connection is of no more use.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Vec<Message>, FrameError> {
        let mut complete = Vec::new();
        for byte in bytes {
            if *byte != b'\n' {
                if self.line.len() >= LONGEST_LINE {
                    return Err(FrameError::Line);
                }
                self.line.push(*byte);
                continue;
            }
            let line = std::mem::take(&mut self.line);
            complete.extend(self.end_line(&line)?);
        }
        Ok(complete)
    }

    fn end_line(&mut self, line: &[u8]) -> Result<Option<Message>, FrameError> {
        let line = String::from_utf8_lossy(line);
        let line = line.trim_end_matches('\r');
        if line.is_empty() {
            let message = std::mem::take(&mut self.message);
            return Ok((!message.0.is_empty()).then_some(message));
        }
        // The greeting, and the output of commands, are no fields.
        if let Some((name, value)) = line.split_once(':') {
            if self.message.0.len() >= MOST_LINES {
                return Err(FrameError::Message);
            }
            let value = value.strip_prefix(' ').unwrap_or(value);
            self.message.0.push((name.to_owned(), value.to_owned()));
        }
        Ok(None)
    }
}

/// What was sent is no AMI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum FrameError {
    #[error("a line is longer than {LONGEST_LINE} bytes")]
    Line,
    #[error("a message has more than {MOST_LINES} lines")]
    Message,
}

/// An action as it is sent. What would end a line is left out of its values.
pub(super) fn action(name: &str, id: u64, fields: &[(&str, &str)]) -> String {
    let mut text = format!("Action: {name}\r\nActionID: {id}\r\n");
    for (field, value) in fields {
        let value: String = value.chars().filter(|c| !c.is_control()).collect();
        // A string takes everything.
        write!(text, "{field}: {value}\r\n").ok();
    }
    text.push_str("\r\n");
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SAID: &str = "Asterisk Call Manager/11.0.0\r\nResponse: Success\r\nActionID: 1\r\nMessage: Authentication accepted\r\n\r\n\
                        Event: QueueCallerJoin\r\nQueue: support\r\nCallerIDName: A: B\r\nempty:\r\nUniqueid: pbx-1.2\r\n\r\n\r\n";

    #[test]
    fn messages_are_put_together_wherever_they_are_cut() {
        let whole = Decoder::default().push(SAID.as_bytes()).unwrap();
        assert_eq!(whole.len(), 2);
        assert_eq!(whole[0].get("response"), Some("Success"));
        assert_eq!(whole[0].number("ActionID"), Some(1));
        let joined = &whole[1];
        assert_eq!(
            (
                joined.event(),
                joined.get("CallerIDName"),
                joined.get("empty")
            ),
            ("QueueCallerJoin", Some("A: B"), Some(""))
        );
        for cut in 0..SAID.len() {
            let (first, rest) = SAID.as_bytes().split_at(cut);
            let mut decoder = Decoder::default();
            let mut read = decoder.push(first).unwrap();
            read.extend(decoder.push(rest).unwrap());
            assert_eq!(read, whole, "cut at {cut}");
        }
    }

    #[test]
    fn what_has_no_end_is_an_error() {
        let long = vec![b'a'; LONGEST_LINE + 1];
        assert_eq!(Decoder::default().push(&long), Err(FrameError::Line));
        let many = "a: b\n".repeat(MOST_LINES + 1);
        assert_eq!(
            Decoder::default().push(many.as_bytes()),
            Err(FrameError::Message)
        );
    }

    #[test]
    fn nothing_in_a_value_is_an_action_of_its_own() {
        let sent = action(
            "QueuePause",
            7,
            &[("Reason", "x\r\n\r\nAction: Originate\r\n")],
        );
        assert_eq!(
            sent,
            "Action: QueuePause\r\nActionID: 7\r\nReason: xAction: Originate\r\n\r\n"
        );
    }

    proptest! {
        #[test]
        fn whatever_is_sent_is_bounded_and_never_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..4096)) {
            let read = Decoder::default().push(&bytes).unwrap();
            prop_assert!(read.iter().all(|message| !message.0.is_empty()));
        }
    }
}
