//! Events as they happen, as server-sent events.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{RawQuery, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use ringback_core::event::EventName;
use ringback_core::ids::{CallbackId, ServiceName};
use ringback_core::subscription::Filter;
use ringback_ports::desk::{Desk, LiveNews, LiveQuery, Refusal, Watcher};

use crate::access::{Routes, Rule};
use crate::filter::{self, invalid};
use crate::openapi::Reads;
use crate::openapi::shapes::LiveEvent;
use crate::refused::Problem;

/// After how much silence a comment shows that the stream is alive.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Proxies shall pass on each event when it comes.
const UNBUFFERED: (&str, &str) = ("x-accel-buffering", "no");

pub fn routes<D: Desk>() -> Routes<D> {
    Routes::new().get("/events", Rule::read(), live::<D>)
}

/// Watch events as they happen
///
/// Server-sent events of all callbacks, whichever process carries them out: `id` is the callback and the sequence with a
/// colon between them, `event` the name, `data` one line of JSON. The first thing that comes is the comment `listening`,
/// about a second after the answer has begun: what happens from then on is told, in order and without gaps for each
/// callback. When a process dies or the broker is away just then, an event comes with the next of its callback, or when
/// that has been quiet for a while; of a callback that was not told of before it may not come. A comment comes after
/// every 15 s of silence. Whoever reads too slowly is cut off, after the comment `too slow`; when the process ends the
/// stream ends, too. A new stream does not begin where another has ended: `GET /v1/callbacks/{id}/events` has what was
/// missed.
#[utoipa::path(
    get,
    path = "/events",
    tag = "many callbacks",
    params(
        ("callback" = Option<String>, Query, description = "Those of this callback"),
        ("service" = Option<String>, Query, description = "Those of this service"),
        (
            "event" = Option<String>, Query,
            description = "Those whose name fits: `*` stands for any characters", example = "_cbe_on_dial_*"
        )
    ),
    responses(
        (status = 200, description = "A stream; each `data` is such an object", body = LiveEvent, content_type = "text/event-stream"),
        Reads
    )
)]
pub async fn live<D: Desk>(
    State(desk): State<D>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let mut asked = LiveQuery::default();
    for (name, value) in filter::pairs(query.as_deref())? {
        match name.as_str() {
            "callback" => asked.callback = Some(CallbackId::new(value)),
            "service" => asked.service = Some(ServiceName::new(value)),
            "event" => asked.event = Some(pattern(&name, &value)?),
            other => {
                let allowed = ["callback", "service", "event"];
                return Err(filter::unknown(other, &allowed).into());
            }
        }
    }
    let watcher = desk.watch(asked).await?;
    let events = stream::unfold(watcher, |mut watcher| async {
        let news = watcher.next().await?;
        Some((Ok::<_, Infallible>(sent(&news)), watcher))
    });
    let heartbeat = KeepAlive::new().interval(HEARTBEAT);
    let events = Sse::new(events).keep_alive(heartbeat);
    Ok(([UNBUFFERED], events).into_response())
}

/// A pattern that fits at least one event: what is misspelt would be waited for in vain.
fn pattern(name: &str, value: &str) -> Result<Filter, Refusal> {
    let filter = Filter::parse(value).map_err(|error| invalid(format!("{name}: {error}")))?;
    let all = EventName::ALL.map(EventName::as_str);
    if all.iter().any(|event| filter.matches(event)) {
        return Ok(filter);
    }
    let (shown, all) = (filter::short(value), all.join(", "));
    let message = format!(
        "{name} '{shown}' fits no event: allowed are {all}, or a part with '*' for the rest"
    );
    Err(invalid(message))
}

fn sent(news: &LiveNews) -> Event {
    match news {
        LiveNews::Listening => Event::default().comment("listening"),
        LiveNews::TooSlow => Event::default().comment("too slow"),
        LiveNews::Event(event) => Event::default()
            .id(format!("{}:{}", event.callback, event.sequence))
            .event(event.name.as_str())
            .data(&event.json),
    }
}
