pub(crate) mod testing;

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use self::testing::options;
use super::*;
use crate::names::{CALLBACK_ID, process_span, publish_span};
use crate::propagation::{current_traceparent, link_to};

/// What was written to it.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut lines = self.0.lock().map_err(|_| io::ErrorKind::Other)?;
        lines.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The log of a function under these options.
fn logged(options: &TelemetryOptions, terminal: bool, f: impl FnOnce()) -> String {
    let lines = Lines::default();
    let writer = lines.clone();
    let (subscriber, guard) = subscriber(options, move || writer.clone(), terminal).unwrap();
    tracing::subscriber::with_default(subscriber, f);
    guard.shutdown().unwrap();
    lines.text()
}

/// One HTTP request: its first line, its headers in lower case, its body.
struct Request {
    line: String,
    headers: Vec<String>,
    body: Vec<u8>,
}

impl Request {
    /// Reads one and answers it as a collector that took everything.
    fn take(stream: TcpStream) -> io::Result<Self> {
        let mut reader = BufReader::new(stream);
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            match line.trim_end() {
                "" => break,
                line => lines.push(line.to_ascii_lowercase()),
            }
        }
        let length = lines
            .iter()
            .find_map(|line| line.strip_prefix("content-length: "))
            .and_then(|length| length.parse().ok())
            .unwrap();
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        reader.get_mut().write_all(
            b"HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n",
        )?;
        Ok(Self {
            line: lines.remove(0),
            headers: lines,
            body,
        })
    }

    fn carries(&self, bytes: &[u8]) -> bool {
        self.body.windows(bytes.len()).any(|window| window == bytes)
    }
}

fn hex(digits: &str) -> Vec<u8> {
    (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
        .collect()
}

/// In a runtime, as in the binary: the exporter's own client must not mind.
#[tokio::test]
async fn spans_reach_a_collector() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let collector = thread::spawn(move || Request::take(listener.accept().unwrap().0).unwrap());

    let options = TelemetryOptions {
        otlp_endpoint: Some(format!("http://{address}/")),
        ..options()
    };
    let mut context = None;
    let linked = "0af7651916cd43dd8448eb211c80319c";
    let log = logged(&options, false, || {
        let span = process_span("ringback.dial", Some("m1"));
        span.record(CALLBACK_ID, "445-20e740d3");
        link_to(&span, &format!("00-{linked}-b7ad6b7169203331-01"));
        span.in_scope(|| context = current_traceparent());
    });

    let request = collector.join().unwrap();
    assert_eq!(request.line, "post /v1/traces http/1.1");
    let content_type = "content-type: application/x-protobuf".to_owned();
    assert!(
        request.headers.contains(&content_type),
        "{:?}",
        request.headers
    );
    let context = context.unwrap();
    let ids: Vec<&str> = context.split('-').collect();
    for (what, bytes) in [
        ("its trace id", hex(ids[1])),
        ("its span id", hex(ids[2])),
        ("the linked trace id", hex(linked)),
        ("its name", b"process ringback.dial".to_vec()),
        ("the callback", b"445-20e740d3".to_vec()),
        ("the message", b"m1".to_vec()),
        ("the service", b"ringback".to_vec()),
        ("the instance", b"dialer-1".to_vec()),
    ] {
        assert!(request.carries(&bytes), "the body carries {what}");
    }
    assert_eq!(log, "", "a span is not a line of the log");
}

#[test]
fn a_collector_that_never_answers_does_not_hold_the_exit() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let options = TelemetryOptions {
        otlp_endpoint: Some(format!("http://{}", silent.local_addr().unwrap())),
        ..options()
    };
    let (subscriber, guard) = subscriber(&options, io::sink, false).unwrap();
    tracing::subscriber::with_default(subscriber, || drop(publish_span("q", "k")));
    let limit = Duration::from_millis(50);
    assert!(matches!(
        guard.shutdown_within(limit),
        Err(TelemetryError::Flush(_))
    ));
}

#[test]
fn a_process_installs_one_subscriber() {
    init(&options()).unwrap().shutdown().unwrap();
    assert!(matches!(
        init(&options()),
        Err(TelemetryError::Installed(_))
    ));
}

#[test]
fn a_message_span_nobody_wants_is_never_made() {
    let options = TelemetryOptions {
        otlp_endpoint: Some(String::new()),
        ..options()
    };
    logged(&options, false, || {
        assert!(publish_span("q", "k").is_disabled());
        assert!(process_span("q", None).is_disabled());
    });
}

#[test]
fn lines_are_json_unless_a_person_reads_them() {
    let options = TelemetryOptions {
        log_format: None,
        ..options()
    };
    let speak = || tracing::info!(answer = 42, "it is ready");
    let json = logged(&options, false, speak);
    assert!(json.starts_with(r#"{"timestamp":"#), "{json}");
    assert!(
        json.contains(r#""message":"it is ready","answer":42"#),
        "{json}"
    );
    let text = logged(&options, true, speak);
    assert!(text.contains("it is ready"), "{text}");
    assert!(!text.starts_with('{'), "{text}");
}

#[test]
fn colours_are_for_terminals_where_they_are_wanted() {
    let colored = |terminal, color| {
        let options = TelemetryOptions {
            log_format: Some(LogFormat::Text),
            color,
            ..options()
        };
        logged(&options, terminal, || tracing::info!("it is ready")).contains('\x1b')
    };
    assert!(colored(true, true));
    assert!(!colored(true, false), "NO_COLOR");
    assert!(!colored(false, true), "a file");
}

#[test]
fn the_filter_decides_what_is_logged() {
    let options = TelemetryOptions {
        log_filter: "warn".to_owned(),
        ..options()
    };
    let log = logged(&options, false, || {
        tracing::info!("quiet");
        tracing::warn!("loud");
    });
    assert!(log.contains("loud") && !log.contains("quiet"), "{log}");
}

#[test]
fn refusals_name_what_was_given() {
    let refusal = |options: TelemetryOptions| match subscriber(&options, io::sink, false) {
        Ok(_) => panic!("{options:?} was taken"),
        Err(error) => error.to_string(),
    };
    assert_eq!(
        refusal(TelemetryOptions {
            log_filter: "info,=,".to_owned(),
            ..options()
        }),
        "the log filter 'info,=,' is not a list of levels and targets such as 'info' or 'ringback_workers=debug,info'"
    );
    assert_eq!(
        refusal(TelemetryOptions {
            otlp_endpoint: Some("collector:4317".to_owned()),
            ..options()
        }),
        "the OTLP endpoint 'collector:4317' is not an http:// or https:// address"
    );
    assert_eq!(
        "yaml".parse::<LogFormat>().unwrap_err().to_string(),
        "the log format 'yaml' is neither text nor json"
    );
}

/// Whatever is asked for: they write what no log may hold.
#[test]
fn some_libraries_are_never_logged() {
    let options = TelemetryOptions {
        log_filter: "trace".to_owned(),
        ..options()
    };
    let said = logged(&options, false, || {
        tracing::error!(target: "lapin::channel", "a body");
        tracing::error!(target: "rlibphonenumber::phonenumberutil", "a number");
        tracing::trace!(target: "ringback_core", "a step");
    });
    assert!(said.contains("a step"), "{said}");
    assert!(
        !said.contains("a body") && !said.contains("a number"),
        "{said}"
    );
}
