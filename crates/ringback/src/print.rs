//! What the command line says on standard output.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::Value;
use std::io::{IsTerminal, Write};

/// One line on standard output. Nobody is left to tell when that is closed.
pub fn line(text: &str) {
    writeln!(std::io::stdout().lock(), "{text}").ok();
}

/// A text on standard output, as it is.
pub fn raw(text: &str) {
    write!(std::io::stdout().lock(), "{text}").ok();
}

/// A remark on standard error, beside what was asked for.
pub fn note(text: &str) {
    writeln!(std::io::stderr().lock(), "ringback: note: {text}").ok();
}

/// A part of a file on standard output, as it is.
///
/// # Errors
/// When it cannot be written: a part must not be taken for the whole.
pub fn bytes(part: &[u8]) -> std::io::Result<()> {
    std::io::stdout().lock().write_all(part)
}

/// A spinner on a terminal; nothing elsewhere.
pub fn spinner() -> ProgressBar {
    let spinner = ProgressBar::new_spinner();
    hide_off_terminal(&spinner);
    spinner
}

/// A bar over `length` things on a terminal; nothing elsewhere.
pub fn bar(length: u64, what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(length).with_message(what);
    if let Ok(style) = ProgressStyle::with_template("{msg} [{bar:30}] {pos}/{len} {elapsed}") {
        bar.set_style(style.progress_chars("=> "));
    }
    hide_off_terminal(&bar);
    bar
}

fn hide_off_terminal(progress: &ProgressBar) {
    if !std::io::stderr().is_terminal() {
        progress.set_draw_target(ProgressDrawTarget::hidden());
    }
}

/// A time of the API in this computer's zone, which is said.
pub fn time(text: &str) -> String {
    crate::when::shown(text, &jiff::tz::TimeZone::system())
}

/// A callback with its events.
pub fn timeline(timeline: &Value) {
    let record = timeline.get("record").and_then(Value::as_object);
    for (key, value) in record.into_iter().flatten() {
        line(&format!("{key:20} {}", plain(value)));
    }
    if let Some(due) = timeline.get("due") {
        line(&format!("{:20} {}", "due", plain(due)));
    }
    if let Some(waits) = timeline.get("waits_for") {
        line(&format!("{:20} {}", "waits for", plain(waits)));
    }
    for happened in timeline
        .get("events")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        event(happened);
    }
}

/// One event of a timeline.
pub fn event(event: &Value) {
    let text = |key: &str| event.get(key).map(plain).unwrap_or_default();
    let known = ["sequence", "event_id", "time", "_callback_state"];
    let attributes: Vec<String> = event
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(key, value)| !known.contains(&key.as_str()) && !value.is_object())
        .map(|(key, value)| format!("{key}={}", plain(value)))
        .collect();
    line(&format!(
        "  {} {:34} {:10} {}",
        time(&text("time")),
        text("event_id"),
        text("_callback_state"),
        attributes.join(" ")
    ));
}

/// Records, one a line.
pub fn records(records: &Value) {
    for record in records.as_array().into_iter().flatten() {
        let text = |key: &str| record.get(key).map(plain).unwrap_or_default();
        line(&format!(
            "{} {:10} {:24} {}",
            text("_id"),
            text("_callback_state"),
            text("_callback_reason"),
            time(&text("_desired_time"))
        ));
    }
}

/// An entry of the audit.
pub fn audit(entry: &Value) {
    let text = |key: &str| entry.get(key).map(plain).unwrap_or_default();
    let outcome = entry.get("outcome").filter(|outcome| outcome.is_object());
    let status = outcome.and_then(|outcome| outcome.get("status"));
    let status = status.map_or_else(|| "?".to_owned(), plain);
    line(&format!(
        "{} {status:3} {:16} {:44} {}",
        time(&text("at")),
        text("who"),
        text("what"),
        text("object")
    ));
}

/// A report's counts, a row a line.
pub fn report(report: &Value) {
    let time = |key: &str| report.get(key).and_then(Value::as_str).unwrap_or_default();
    if time("from") < time("complete_from") {
        let from = time("complete_from");
        note(&format!(
            "complete from {from} on: callbacks wanted before may be purged already (_ttl)"
        ));
    }
    let rows = report.get("rows").and_then(Value::as_array);
    let rows: Vec<_> = rows.into_iter().flatten().map(report_row).collect();
    let head = [
        "time",
        "service",
        "callbacks",
        "pending",
        "connected",
        "attempts",
        "mean",
        "p95",
        "max",
    ];
    let widths = std::array::from_fn(|column| {
        let cells = rows.iter().map(|(cells, _)| cells[column].chars().count());
        cells.chain([head[column].len()]).max().unwrap_or(0)
    });
    line(&format!(
        "{}  what became of them",
        columns(&head.map(str::to_owned), widths)
    ));
    for (cells, counts) in &rows {
        line(&format!("{}  {counts}", columns(cells, widths)));
    }
}

/// Its cells, and the counts of its reasons and results.
fn report_row(row: &Value) -> ([String; 9], String) {
    let text = |pointer: &str| row.pointer(pointer).map_or_else(|| "-".to_owned(), plain);
    let cells = [
        "/local",
        "/service",
        "/callbacks",
        "/pending",
        "/connected",
        "/attempts",
        "/waiting/mean",
        "/waiting/p95",
        "/waiting/max",
    ];
    let mut cells = cells.map(text);
    cells[0] = cells[0].trim_end_matches(":00.000").replace('T', " ");
    let counts = ["reasons", "dial_results"].map(|name| {
        let counts = row.get(name).and_then(Value::as_object);
        let counts = counts.into_iter().flatten();
        let counts: Vec<_> = counts
            .map(|(word, count)| format!("{word} {count}"))
            .collect();
        counts.join(", ")
    });
    (
        cells,
        counts
            .join("; dialed: ")
            .trim_end_matches("; dialed: ")
            .to_owned(),
    )
}

/// Two columns of text, then numbers.
fn columns(cells: &[String; 9], widths: [usize; 9]) -> String {
    let cells = cells.iter().zip(widths).enumerate();
    let cells = cells.map(|(place, (cell, width))| match place {
        0 | 1 => format!("{cell:width$}"),
        _ => format!("{cell:>width$}"),
    });
    cells.collect::<Vec<_>>().join("  ")
}

/// A service with its options.
pub fn service(service: &Value) {
    let text = |key: &str| service.get(key).map(plain).unwrap_or_default();
    let paused = service.get("paused") == Some(&Value::Bool(true));
    let paused = if paused { ", paused" } else { "" };
    line(&format!("{} ({}{paused})", text("name"), text("template")));
    let options = service.get("effective").and_then(Value::as_object);
    for (name, value) in options.into_iter().flatten() {
        line(&format!("  {name:44} {}", plain(value)));
    }
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
