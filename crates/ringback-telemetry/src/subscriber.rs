use std::io::{self, IsTerminal};
use std::str::FromStr;
use std::time::Duration;

use opentelemetry::trace::TracerProvider;
use opentelemetry::{Key, KeyValue};
use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry, filter, fmt};

/// Never logged, whatever is asked for: they write whole messages, bodies included, and phone numbers.
const SILENT: &str = "lapin=off,rlibphonenumber=off";

/// How long the last spans may take to leave the process.
const FLUSH_LIMIT: Duration = Duration::from_secs(5);

/// What a process is called, and where its logs and traces go.
#[derive(Clone, Debug)]
pub struct TelemetryOptions {
    /// `service.name` of its traces, unless `OTEL_SERVICE_NAME` or `OTEL_RESOURCE_ATTRIBUTES` name it.
    pub service_name: String,
    /// `service.instance.id` of its traces, unless `OTEL_RESOURCE_ATTRIBUTES` names it.
    pub instance_id: String,
    /// How a line of the log looks; if not told, text on a terminal and JSON elsewhere.
    pub log_format: Option<LogFormat>,
    /// Whether lines on a terminal have colours.
    pub color: bool,
    /// What is logged, such as `info` or `ringback_workers=debug,info`.
    pub log_filter: String,
    /// The base address of an OTLP/HTTP collector, as `OTEL_EXPORTER_OTLP_ENDPOINT` has it. No traces without one,
    /// or where it is empty.
    pub otlp_endpoint: Option<String>,
}

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl FromStr for LogFormat {
    type Err = TelemetryError;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        match s {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            other => Err(TelemetryError::LogFormat(other.to_owned())),
        }
    }
}

/// Telemetry could not be set up, or not be brought to its end.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// Not a format.
    #[error("the log format '{0}' is neither text nor json")]
    LogFormat(String),
    /// Not a filter.
    #[error(
        "the log filter '{filter}' is not a list of levels and targets such as 'info' or 'ringback_workers=debug,info'"
    )]
    LogFilter {
        /// What was given.
        filter: String,
        /// What is wrong with it.
        source: filter::ParseError,
    },
    /// Not an address of a collector.
    #[error("the OTLP endpoint '{0}' is not an http:// or https:// address")]
    Endpoint(String),
    /// The exporter does not take its configuration, or an `OTEL_…` variable.
    #[error("the OTLP exporter cannot be set up")]
    Exporter(#[source] opentelemetry_otlp::ExporterBuildError),
    /// A process logs in one way.
    #[error("a subscriber is already installed")]
    Installed(#[source] tracing_subscriber::util::TryInitError),
    /// The collector did not answer in time.
    #[error("the last spans were not exported in time")]
    Flush(#[source] opentelemetry_sdk::error::OTelSdkError),
}

/// Keeps the exporter alive.
#[must_use = "dropping it ends the export of traces"]
#[derive(Debug)]
pub struct Guard(Option<SdkTracerProvider>);

impl Guard {
    /// Exports what is left. Blocks the calling thread, at most five seconds.
    ///
    /// # Errors
    /// When the collector did not answer in time. One that refuses is an error in the log, as it is at any time.
    pub fn shutdown(self) -> Result<(), TelemetryError> {
        self.shutdown_within(FLUSH_LIMIT)
    }

    fn shutdown_within(self, limit: Duration) -> Result<(), TelemetryError> {
        match self.0 {
            Some(provider) => provider
                .shutdown_with_timeout(limit)
                .map_err(TelemetryError::Flush),
            None => Ok(()),
        }
    }
}

/// Installs logging to standard error and, if there is a collector, the export of traces, for the whole process.
///
/// # Errors
/// When an option or an `OTEL_…` variable cannot be used, or when it was called before.
pub fn init(options: &TelemetryOptions) -> Result<Guard, TelemetryError> {
    let (subscriber, guard) = subscriber(options, io::stderr, io::stderr().is_terminal())?;
    subscriber.try_init().map_err(TelemetryError::Installed)?;
    Ok(guard)
}

/// Each layer has a filter of its own, so a span that neither log nor traces want costs one look at a cached answer.
fn subscriber<W>(
    options: &TelemetryOptions,
    writer: W,
    terminal: bool,
) -> Result<(impl Subscriber + Send + Sync, Guard), TelemetryError>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let mut layers = vec![log_layer(options, writer, terminal)?];
    let provider = options
        .otlp_endpoint
        .as_deref()
        .filter(|endpoint| !endpoint.is_empty())
        .map(|endpoint| exporting_provider(options, endpoint))
        .transpose()?;
    if let Some(provider) = &provider {
        layers.push(trace_layer(provider));
    }
    Ok((Registry::default().with(layers), Guard(provider)))
}

type BoxedLayer = Box<dyn Layer<Registry> + Send + Sync>;

fn log_layer<W>(
    options: &TelemetryOptions,
    writer: W,
    terminal: bool,
) -> Result<BoxedLayer, TelemetryError>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let filter =
        EnvFilter::try_new(format!("{},{SILENT}", options.log_filter)).map_err(|source| {
            TelemetryError::LogFilter {
                filter: options.log_filter.clone(),
                source,
            }
        })?;
    let by_default = if terminal {
        LogFormat::Text
    } else {
        LogFormat::Json
    };
    let layer = fmt::layer()
        .with_writer(writer)
        .with_ansi(terminal && options.color);
    Ok(match options.log_format.unwrap_or(by_default) {
        LogFormat::Text => layer.with_filter(filter).boxed(),
        LogFormat::Json => layer
            .json()
            .flatten_event(true)
            .with_span_list(false)
            .with_filter(filter)
            .boxed(),
    })
}

fn trace_layer(provider: &SdkTracerProvider) -> BoxedLayer {
    tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("ringback"))
        .with_location(false)
        .with_threads(false)
        .with_tracked_inactivity(false)
        .with_filter(filter::filter_fn(is_traced))
        .boxed()
}

/// Our own spans down to debug, and what was logged inside them at info or above.
fn is_traced(metadata: &Metadata<'_>) -> bool {
    let lowest = if metadata.is_span() {
        Level::DEBUG
    } else {
        Level::INFO
    };
    metadata.target().starts_with("ringback") && *metadata.level() <= lowest
}

/// The collector's time limit, headers and compression, the sampler and the batches' sizes are as the `OTEL_…` variables
/// say: the SDK reads those itself.
fn exporting_provider(
    options: &TelemetryOptions,
    endpoint: &str,
) -> Result<SdkTracerProvider, TelemetryError> {
    if !endpoint.starts_with("http://") && !endpoint.starts_with("https://") {
        return Err(TelemetryError::Endpoint(endpoint.to_owned()));
    }
    let exporter = SpanExporter::builder()
        .with_http()
        .with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
        .build()
        .map_err(TelemetryError::Exporter)?;
    Ok(SdkTracerProvider::builder()
        .with_resource(resource(options))
        .with_batch_exporter(exporter)
        .build())
}

fn resource(options: &TelemetryOptions) -> Resource {
    const INSTANCE: &str = "service.instance.id";
    let told = Resource::builder().build();
    let name = told
        .get(&Key::from_static_str("service.name"))
        .filter(|name| !name.as_str().starts_with("unknown_service"))
        .unwrap_or_else(|| options.service_name.clone().into());
    let instance = told
        .get(&Key::from_static_str(INSTANCE))
        .unwrap_or_else(|| options.instance_id.clone().into());
    Resource::builder()
        .with_service_name(name)
        .with_attribute(KeyValue::new(INSTANCE, instance))
        .build()
}

#[cfg(test)]
pub(crate) mod tests;
