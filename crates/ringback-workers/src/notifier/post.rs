//! One delivery, and what it means for the lane.

use std::time::Duration;

use ringback_core::lane::{Outcome, Wish};
use ringback_core::notify::{DEFAULT_PROVIDER, Parcel};
use ringback_ports::bus::{Address, Bus, Message, PublishError};
use ringback_ports::sender::{Post, Receipt, SendError, Sender};
use ringback_ports::store::Store;
use ringback_telemetry::{names, propagation};
use tracing::Instrument;

use super::Notifier;
use super::letter::Letter;
use crate::watched::Chain;

/// What became of a delivery.
pub(super) struct Posted {
    pub outcome: Outcome,
    pub verdict: Verdict,
    /// Whether the target is there; `None` when it does not say.
    pub answers: Option<bool>,
    /// The beginning of what it said.
    pub answer: String,
    /// More than the outcome says.
    detail: Option<String>,
}

/// What it means for the lane.
pub(super) enum Verdict {
    Delivered,
    /// It may work later.
    Failed(Wish),
    /// It will never work.
    Hopeless,
    /// The target is gone for good.
    Gone,
}

impl Posted {
    /// Why it failed.
    pub fn reason(&self) -> String {
        self.detail
            .clone()
            .unwrap_or_else(|| self.outcome.to_string())
    }

    fn confirmed() -> Self {
        Self {
            outcome: Outcome::confirmed(),
            verdict: Verdict::Delivered,
            answers: Some(true),
            answer: String::new(),
            detail: None,
        }
    }

    fn word(word: &str, verdict: Verdict, answers: Option<bool>, detail: String) -> Self {
        let outcome = Outcome::Word(word.to_owned());
        Self {
            outcome,
            verdict,
            answers,
            answer: String::new(),
            detail: Some(detail),
        }
    }

    /// A target that answers is there, unless a gateway says that what is behind it is not. An error of its own may be
    /// about this message alone, so it tells nothing.
    fn answered(receipt: Receipt) -> Self {
        let Receipt {
            status,
            retry_after,
            answer,
        } = receipt;
        let wait = retry_after
            .filter(|_| matches!(status, 429 | 503))
            .unwrap_or(Duration::ZERO);
        let wish = Wish {
            retry_after: wait,
            not_before: None,
        };
        let verdict = match status {
            200..=299 => Verdict::Delivered,
            410 => Verdict::Gone,
            _ => Verdict::Failed(wish),
        };
        let answers = match status {
            502..=504 => Some(false),
            500..=599 => None,
            _ => Some(true),
        };
        Self {
            outcome: Outcome::Status(status),
            verdict,
            answers,
            answer,
            detail: None,
        }
    }
}

impl From<SendError> for Posted {
    fn from(error: SendError) -> Self {
        let (word, detail) = (error.class(), error.to_string());
        match error {
            SendError::Forbidden(_) => Self::word(word, Verdict::Hopeless, None, detail),
            SendError::Failed(_) => {
                Self::word(word, Verdict::Failed(Wish::default()), Some(false), detail)
            }
        }
    }
}

impl From<PublishError> for Posted {
    fn from(error: PublishError) -> Self {
        let detail = Chain(&error).to_string();
        let failed = Verdict::Failed(Wish::default());
        match error {
            PublishError::Unroutable(_) => Self::word("unroutable", failed, None, detail),
            PublishError::TooLarge(_) | PublishError::TooLong(_) => {
                Self::word("too large", Verdict::Hopeless, None, detail)
            }
            PublishError::Unavailable(_) => Self::word("unavailable", failed, Some(false), detail),
        }
    }
}

impl<S: Store, B: Bus, P: Sender> Notifier<S, B, P> {
    pub(super) async fn post(&self, letter: Letter) -> Posted {
        let Letter {
            parcel,
            provider,
            id,
            sequence,
        } = letter;
        let mut headers = vec![("ringback-sequence", sequence.to_string())];
        match parcel {
            Parcel::Post {
                url,
                content_type,
                body,
            } => {
                let trace = propagation::current_traceparent();
                headers.extend(trace.map(|trace| ("traceparent", trace)));
                let post = Post {
                    provider: Some(provider).filter(|name| name != DEFAULT_PROVIDER),
                    url: url.into(),
                    id,
                    content_type,
                    headers,
                    body,
                };
                let sent = self.sender.post(post).await;
                sent.map_or_else(Posted::from, Posted::answered)
            }
            Parcel::Publish {
                exchange,
                key,
                body,
            } => {
                let headers = headers
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value));
                let message = Message {
                    body,
                    content_type: Some("application/json".to_owned()),
                    message_id: Some(id),
                    headers: headers.collect(),
                    ..Message::default()
                };
                let name = exchange;
                self.publish(Address::Exchange { name, key }, message).await
            }
        }
    }

    async fn publish(&self, address: Address, mut message: Message) -> Posted {
        let span = names::publish_span("notifications", "event");
        span.in_scope(|| propagation::inject(&mut message.headers));
        let published = self.house.bus.publish(vec![(address, message)]);
        let results = published.instrument(span).await;
        match results.into_iter().collect::<Result<Vec<()>, _>>() {
            Ok(_) => {
                self.house.counters.messages_published.add(1);
                Posted::confirmed()
            }
            Err(error) => error.into(),
        }
    }
}
