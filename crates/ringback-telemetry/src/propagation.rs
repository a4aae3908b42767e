//! W3C trace context over message headers and through stored records.
//!
//! A callback lives for hours, so its steps are traces of their own that *link* to what caused them: the message that
//! arrived, or the request that was stored. Nothing holds a span open meanwhile.
//!
//! A process that exports no traces has no context of its own: [`current_traceparent`] is `None`, [`inject`] leaves the
//! headers as they are, and links vanish. What came in from outside can still be handed on untouched: put the received or
//! stored `traceparent` into the headers before [`inject`], which replaces it only where there is a context to put in its
//! place.

use std::collections::BTreeMap;

use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator};
use opentelemetry::trace::{SpanContext, TraceContextExt};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// The header that names a trace and a span in it.
pub const TRACEPARENT: &str = "traceparent";

/// Headers longer than this are not trace context. W3C lets a `tracestate` end at 512 characters.
const MAX_HEADER: usize = 512;

/// Writes the context of the current span to headers.
pub fn inject(headers: &mut BTreeMap<String, String>) {
    TraceContextPropagator::new().inject_context(&Span::current().context(), &mut Headers(headers));
}

/// The context of the current span as one line, for a stored record.
#[must_use]
pub fn current_traceparent() -> Option<String> {
    let mut headers = BTreeMap::new();
    inject(&mut headers);
    headers.remove(TRACEPARENT)
}

/// The `traceparent` among received headers, if it is a valid one.
#[must_use]
pub fn received_traceparent(headers: &BTreeMap<String, String>) -> Option<String> {
    let received = headers.get(TRACEPARENT)?.trim();
    extract(&Line(received))?;
    Some(received.to_owned())
}

/// Makes a span a part of the caller's trace, if the headers carry one: for requests that are answered at once.
pub fn continue_from(span: &Span, headers: &BTreeMap<String, String>) {
    if extract(&Received(headers)).is_some() {
        // Without a subscriber that exports there is no trace to be a part of.
        span.set_parent(TraceContextPropagator::new().extract(&Received(headers)))
            .ok();
    }
}

/// Links a span to the one whose line was stored. A line that is not a `traceparent` is left out.
pub fn link_to(span: &Span, traceparent: &str) {
    link(span, &Line(traceparent));
}

/// Links a span to the one that sent these headers, if they carry a context.
pub fn link_from(span: &Span, headers: &BTreeMap<String, String>) {
    link(span, &Received(headers));
}

fn link(span: &Span, carrier: &dyn Extractor) {
    if span.is_disabled() {
        return;
    }
    if let Some(context) = extract(carrier) {
        span.add_link(context);
    }
}

fn extract(carrier: &dyn Extractor) -> Option<SpanContext> {
    let context = TraceContextPropagator::new().extract(carrier);
    let span_context = context.span().span_context().clone();
    span_context.is_valid().then_some(span_context)
}

struct Headers<'a>(&'a mut BTreeMap<String, String>);

impl Injector for Headers<'_> {
    /// An empty value takes the place of an old one too: a foreign `tracestate` does not belong to our `traceparent`.
    fn set(&mut self, key: &str, value: String) {
        if value.is_empty() {
            self.0.remove(key);
        } else {
            self.0.insert(key.to_owned(), value);
        }
    }
}

struct Received<'a>(&'a BTreeMap<String, String>);

impl Extractor for Received<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        let value = self.0.get(key)?;
        (value.len() <= MAX_HEADER).then_some(value)
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(String::as_str).collect()
    }
}

struct Line<'a>(&'a str);

impl Extractor for Line<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        (key == TRACEPARENT && self.0.len() <= MAX_HEADER).then_some(self.0)
    }

    fn keys(&self) -> Vec<&str> {
        vec![TRACEPARENT]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::{process_span, publish_span};
    use crate::subscriber::tests::testing::{traced, untraced};

    const FOREIGN: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-b7ad6b7169203331-01";

    fn headers(traceparent: &str) -> BTreeMap<String, String> {
        BTreeMap::from([(TRACEPARENT.to_owned(), traceparent.to_owned())])
    }

    #[test]
    fn a_consumer_links_to_the_producer() {
        let mut sent = BTreeMap::new();
        let spans = traced(|| {
            publish_span("ringback.dial", "ringback.dial").in_scope(|| inject(&mut sent));
            let span = process_span("ringback.dial", Some("m1"));
            link_from(&span, &sent);
        });

        let [producer, consumer] = &spans[..] else {
            panic!("two spans were closed, not {spans:?}");
        };
        assert_eq!(producer.name, "publish ringback.dial");
        assert_eq!(consumer.name, "process ringback.dial");
        assert_eq!(
            sent[TRACEPARENT],
            format!(
                "00-{}-{}-01",
                producer.span_context.trace_id(),
                producer.span_context.span_id()
            )
        );
        assert_ne!(
            consumer.span_context.trace_id(),
            producer.span_context.trace_id()
        );
        let linked = &consumer.links[0].span_context;
        assert_eq!(linked.trace_id(), producer.span_context.trace_id());
        assert_eq!(linked.span_id(), producer.span_context.span_id());
    }

    #[test]
    fn a_stored_line_is_what_a_later_step_links_to() {
        let mut stored = None;
        let spans = traced(|| {
            publish_span("ringback.schedule", "k").in_scope(|| stored = current_traceparent());
            link_to(
                &process_span("ringback.schedule", None),
                stored.as_deref().unwrap(),
            );
        });
        assert_eq!(
            spans[1].links[0].span_context.span_id(),
            spans[0].span_context.span_id()
        );
    }

    #[test]
    fn our_context_replaces_a_foreign_one_whole() {
        let mut carried = headers(FOREIGN);
        carried.insert("tracestate".to_owned(), "vendor=1".to_owned());
        traced(|| publish_span("q", "k").in_scope(|| inject(&mut carried)));
        assert_ne!(carried[TRACEPARENT], FOREIGN);
        assert_eq!(carried.get("tracestate"), None);
    }

    #[test]
    fn without_traces_a_foreign_context_passes_through() {
        untraced(|| {
            let mut carried = headers(FOREIGN);
            let span = process_span("q", None);
            link_from(&span, &carried);
            span.in_scope(|| {
                inject(&mut carried);
                assert_eq!(current_traceparent(), None);
            });
            assert_eq!(carried, headers(FOREIGN));
        });
    }

    #[test]
    fn only_a_valid_traceparent_is_received() {
        assert_eq!(
            received_traceparent(&headers(FOREIGN)).as_deref(),
            Some(FOREIGN)
        );
        assert_eq!(received_traceparent(&BTreeMap::new()), None);
        for wrong in [
            "",
            "00",
            "hello",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-b7ad6b7169203331-01-extra",
            "00-4bf92f3577b34da6a3ce929d0e0e473\u{e9}-b7ad6b7169203331-01",
            &format!("{FOREIGN}{}", "-".repeat(MAX_HEADER)),
        ] {
            assert_eq!(received_traceparent(&headers(wrong)), None, "{wrong}");
        }
    }

    #[test]
    fn an_invalid_line_links_to_nothing() {
        let spans = traced(|| {
            let span = process_span("q", None);
            link_to(&span, "hello");
            link_from(&span, &headers("00-zz-zz-01"));
        });
        assert_eq!(spans[0].links.len(), 0);
    }
}
