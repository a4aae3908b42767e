//! Start requests and changes, and what may not happen to a callback.

use ringback_core::callback::Refusal;
use ringback_core::event::CallbackState;
use ringback_core::ids::{CallbackId, ServiceName};
use ringback_core::phone::NumberRefusal;
use ringback_core::request::{RequestError, read_start, read_update};
use ringback_core::service::{Service, Template};
use serde_json::{Map, Value};

use super::{Row, Section, left_out, now, variants};

variants!(variant, VARIANTS: RequestError {
    RequestError::Missing(_) => "Missing",
    RequestError::Number(_) => "Number",
    RequestError::Refused(NumberRefusal::Impossible { .. }) => "Refused::Impossible",
    RequestError::Refused(NumberRefusal::Premium) => "Refused::Premium",
    RequestError::Refused(NumberRefusal::Blocked) => "Refused::Blocked",
    RequestError::Time { .. } => "Time",
    RequestError::Past { .. } => "Past",
    RequestError::TooFar { .. } => "TooFar",
    RequestError::Type { .. } => "Type",
    RequestError::NotOverwritable(_) => "NotOverwritable",
    RequestError::Token { .. } => "Token",
    RequestError::NotBuilt { .. } => "NotBuilt",
    RequestError::Options(_) => "Options",
    RequestError::Fixed(_) => "Fixed",
    RequestError::State(_) => "State",
    RequestError::MovedAndOver => "MovedAndOver",
    RequestError::Nothing => "Nothing",
    RequestError::TooMuch(_) => "TooMuch",
});

pub fn sections() -> Vec<Section> {
    vec![started_or_changed(), not_now()]
}

type Read = fn(Map<String, Value>) -> Option<RequestError>;

/// Who reads it, what is sent, and what the message names.
type Sent = (Read, &'static str, &'static [&'static str]);

const WRONG: &[Sent] = &[
    (start, r#"{}"#, &["_customer_number"]),
    (
        start,
        r#"{"_customer_number": "call me"}"#,
        &["_customer_number", "1 to 24 digits"],
    ),
    (
        start,
        r#"{"_customer_number": "+999123456789"}"#,
        &["_customer_number", "country"],
    ),
    (
        start,
        r#"{"_customer_number": "+19005550100"}"#,
        &["_customer_number", "premium"],
    ),
    (
        start,
        r#"{"_customer_number": "+12125550100"}"#,
        &["_customer_number", "_exceptions"],
    ),
    (
        start,
        r#"{"_customer_number": ["5115"]}"#,
        &["_customer_number", "a list"],
    ),
    (
        start,
        r#"{"_customer_number": "5115", "_desired_time": "soon"}"#,
        &["_desired_time", "'soon'", "yyyy-MM-dd"],
    ),
    (
        start,
        r#"{"_customer_number": "5115", "_desired_time": "2029-12-31T00:00:00Z"}"#,
        &["_desired_time", "2029-12-31", "2030-01-01"],
    ),
    (
        start,
        r#"{"_customer_number": "5115", "_desired_time": "2031-01-01T00:00:00Z"}"#,
        &["_desired_time", "2031-01-01", "2030-02-01"],
    ),
    (
        start,
        r#"{"_customer_number": "5115", "_ttl": 5}"#,
        &["'_ttl'"],
    ),
    (
        start,
        r#"{"_customer_number": "5115", "_wait_for_agent": "maybe"}"#,
        &["'_wait_for_agent'", "'maybe'"],
    ),
    (
        start_with_token,
        r#"{"_customer_number": "5115"}"#,
        &["'vq'", "'_urs_virtual_queue'"],
    ),
    (
        start_preview,
        r#"{"_customer_number": "5115"}"#,
        &["'now'", "'_agent_preview'"],
    ),
    (
        start,
        r#"{"": 1, "_customer_number": "5115"}"#,
        &["a name of 0", "128"],
    ),
    (change, r#"{}"#, &["_new_desired_time", "_callback_state"]),
    (
        change,
        r#"{"_new_desired_time": ""}"#,
        &["'_new_desired_time'"],
    ),
    (
        change,
        r#"{"_customer_number": "5116"}"#,
        &["'_customer_number'", "_new_desired_time"],
    ),
    (
        change,
        r#"{"_callback_state": "QUEUED"}"#,
        &["_callback_state", "'QUEUED'", "COMPLETED"],
    ),
    (
        change,
        r#"{"_callback_state": "COMPLETED", "_new_desired_time": "2030-01-02T00:00:00Z"}"#,
        &["_new_desired_time", "_callback_state"],
    ),
];

fn started_or_changed() -> Section {
    let (mut rows, mut found) = (Vec::new(), Vec::new());
    for (read, sent, names) in WRONG {
        let error = read(serde_json::from_str(sent).unwrap());
        found.extend(error.as_ref().map(variant));
        rows.push(Row::refused(sent, error, names));
    }
    rows.extend(left_out(VARIANTS, &found));
    Section {
        title: "Callbacks that are requested or changed",
        rows,
    }
}

fn service(template: Template, options: &[(&str, &str)]) -> Service {
    let base = [
        ("_reject_past_desired_time", "true"),
        ("_target", "Sales@Stat.GA"),
        ("_exceptions", "+12125550100"),
    ];
    let options = base.iter().chain(options);
    let options = options.map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    Service::parse(ServiceName::new("now"), template, options.collect()).unwrap()
}

fn start(parameters: Map<String, Value>) -> Option<RequestError> {
    start_at(parameters, &service(Template::UserTerminatedImmediate, &[]))
}

fn start_with_token(parameters: Map<String, Value>) -> Option<RequestError> {
    let options = [("_urs_virtual_queue", "$vq$")];
    start_at(
        parameters,
        &service(Template::UserTerminatedImmediate, &options),
    )
}

fn start_preview(parameters: Map<String, Value>) -> Option<RequestError> {
    start_at(parameters, &service(Template::UserTerminatedPreview, &[]))
}

fn start_at(parameters: Map<String, Value>, service: &Service) -> Option<RequestError> {
    read_start(parameters, |_| CallbackId::new("07-x"), service, now()).err()
}

fn change(parameters: Map<String, Value>) -> Option<RequestError> {
    let service = service(Template::UserTerminatedImmediate, &[]);
    read_update(parameters, &service.options, now()).err()
}

variants!(refusal_variant, REFUSAL_VARIANTS: Refusal {
    Refusal::Processing => "Processing",
    Refusal::Begun { .. } => "Begun",
    Refusal::NotInQueue { .. } => "NotInQueue",
    Refusal::TooMuchData { .. } => "TooMuchData",
});

fn not_now() -> Section {
    let table: [(Refusal, &str, &'static [&'static str]); 4] = [
        (
            Refusal::Processing,
            "DELETE while customer and agent talk",
            &["PROCESSING"],
        ),
        (
            Refusal::Begun {
                state: CallbackState::Queued,
                attempts: 1,
            },
            "PUT _new_desired_time after its first attempt",
            &["QUEUED", "SCHEDULED"],
        ),
        (
            Refusal::NotInQueue {
                state: CallbackState::Scheduled,
                attempts: 0,
            },
            "snooze before its time",
            &["SCHEDULED", "QUEUED"],
        ),
        (
            Refusal::TooMuchData {
                keys: 300,
                bytes: 70_000,
            },
            "PUT 300 keys of user data",
            &["300", "70000"],
        ),
    ];
    let found: Vec<_> = table.iter().map(|(it, ..)| refusal_variant(it)).collect();
    let mut rows = left_out(REFUSAL_VARIANTS, &found);
    rows.extend(table.map(|(refusal, sent, names)| Row::new(sent, refusal, names).now()));
    Section {
        title: "Callbacks that cannot change now",
        rows,
    }
}
