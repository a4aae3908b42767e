//! Subscribers for the crate's tests.

use opentelemetry_sdk::trace::{
    InMemorySpanExporterBuilder, SdkTracerProvider, SimpleSpanProcessor, SpanData,
};
use tracing_subscriber::Registry;
use tracing_subscriber::layer::SubscriberExt;

use super::{LogFormat, TelemetryOptions};

/// Runs a function where spans are traced; gives the spans in the order in which they were closed.
pub(crate) fn traced(f: impl FnOnce()) -> Vec<SpanData> {
    let exporter = InMemorySpanExporterBuilder::new().build();
    let provider = SdkTracerProvider::builder()
        .with_span_processor(SimpleSpanProcessor::new(exporter.clone()))
        .build();
    let subscriber = Registry::default().with(vec![super::trace_layer(&provider)]);
    tracing::subscriber::with_default(subscriber, f);
    exporter.get_finished_spans().unwrap()
}

/// Runs a function where everything is logged and nothing traced.
pub(crate) fn untraced(f: impl FnOnce()) {
    let options = TelemetryOptions {
        log_filter: "trace".to_owned(),
        ..options()
    };
    let (subscriber, _guard) = super::subscriber(&options, std::io::sink, false).unwrap();
    tracing::subscriber::with_default(subscriber, f);
}

pub(crate) fn options() -> TelemetryOptions {
    TelemetryOptions {
        service_name: "ringback".to_owned(),
        instance_id: "dialer-1".to_owned(),
        log_format: Some(LogFormat::Json),
        color: true,
        log_filter: "info".to_owned(),
        otlp_endpoint: None,
    }
}
