//! Start requests and changes, and what may not happen to a callback.

use ringback_core::callback::Refusal;
use ringback_core::chat::RoomRefusal;
use ringback_core::event::{CallbackState, Reason};
use ringback_core::ids::{CallbackId, ServiceName};
use ringback_core::phone::NumberRefusal;
use ringback_core::request::{RequestError, read_start, read_update};
use ringback_core::service::{Service, Template};
use serde_json::{Map, Value};

use super::{Row, Section, left_out, now, variants};

variants!(variant, VARIANTS: RequestError {
    RequestError::Missing(_) => "Missing",
    RequestError::NobodyToCall => "NobodyToCall",
    RequestError::Number(_) => "Number",
    RequestError::Ambiguous(_) => "Ambiguous",
    RequestError::Refused(NumberRefusal::Impossible { .. }) => "Refused::Impossible",
    RequestError::Refused(NumberRefusal::Short { .. }) => "Refused::Short",
    RequestError::Refused(NumberRefusal::NoCountry) => "Refused::NoCountry",
    RequestError::Refused(NumberRefusal::Abroad { .. }) => "Refused::Abroad",
    RequestError::Refused(NumberRefusal::Premium) => "Refused::Premium",
    RequestError::Refused(NumberRefusal::Blocked) => "Refused::Blocked",
    RequestError::Time { .. } => "Time",
    RequestError::Past { .. } => "Past",
    RequestError::Expired { .. } => "Expired",
    RequestError::TooFar { .. } => "TooFar",
    RequestError::Type { .. } => "Type",
    RequestError::NotOverwritable(_) => "NotOverwritable",
    RequestError::Reserved(_) => "Reserved",
    RequestError::Token { .. } => "Token",
    RequestError::Options(_) => "Options",
    RequestError::Fixed(_) => "Fixed",
    RequestError::State(_) => "State",
    RequestError::MovedAndOver => "MovedAndOver",
    RequestError::Nothing => "Nothing",
    RequestError::TooMuch(_) => "TooMuch",
});

pub fn sections() -> Vec<Section> {
    vec![started_or_changed(), not_now(), chats()]
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
        r#"{"_customer_number": " 3614550100"}"#,
        &["_customer_number", "ambiguous", "'+'", "_default_country"],
    ),
    (
        start,
        r#"{"_customer_number": "+999123456789"}"#,
        &["_customer_number", "country"],
    ),
    (
        start,
        r#"{"_customer_number": "911"}"#,
        &[
            "_customer_number",
            "country US",
            "_disallow_special_phone_numbers",
        ],
    ),
    (
        start,
        r#"{"_customer_number": "+881612345678"}"#,
        &[
            "_customer_number",
            "satellite",
            "_disallow_special_phone_numbers",
        ],
    ),
    (
        start,
        r#"{"_customer_number": "+493012345678"}"#,
        &[
            "_customer_number",
            "country DE",
            "US",
            "_callable_countries",
        ],
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
        start_late,
        r#"{"_customer_number": "5115", "_desired_time": "2029-12-31T12:00:00Z"}"#,
        &["_desired_time", "2029-12-31", "_ttl"],
    ),
    (
        start,
        r#"{"_customer_number": "5115", "_CB_N_DIALS": 5}"#,
        &["'_CB_N_DIALS'", "_CB_DIM_CHANNEL"],
    ),
    (
        change,
        r#"{"c_call_result": "0"}"#,
        &["'c_call_result'", "c_*"],
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
        start_by_email,
        r#"{"email": "alice@example.org"}"#,
        &["_customer_number", "_media_type", "_call_direction"],
    ),
    (
        start_with_token,
        r#"{"_customer_number": "5115"}"#,
        &["'vq'", "'_urs_virtual_queue'"],
    ),
    (
        start,
        r#"{"_customer_number": "5115", "_media_type": "chat"}"#,
        &["'_media_type'", "_call_direction"],
    ),
    (
        start,
        r#"{"": 1, "_customer_number": "5115"}"#,
        &["a name of 0", "128"],
    ),
    (
        start,
        r#"{"a": [[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]], "_customer_number": "5115"}"#,
        &["'a'", "17 levels deep", "16"],
    ),
    (change, r#"{}"#, &["_new_desired_time", "_callback_state"]),
    (
        change,
        r#"{"_new_desired_time": ""}"#,
        &["'_new_desired_time'"],
    ),
    (
        change,
        r#"{"_id": "07-x"}"#,
        &["'_id'", "_new_desired_time"],
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

fn start_late(parameters: Map<String, Value>) -> Option<RequestError> {
    let options = [("_reject_past_desired_time", "false")];
    start_at(
        parameters,
        &service(Template::UserTerminatedImmediate, &options),
    )
}

fn start_with_token(parameters: Map<String, Value>) -> Option<RequestError> {
    let options = [("_urs_virtual_queue", "$vq$")];
    start_at(
        parameters,
        &service(Template::UserTerminatedImmediate, &options),
    )
}

fn start_by_email(parameters: Map<String, Value>) -> Option<RequestError> {
    let options = [("_mandatory_customer_lookup_keys", "email")];
    start_at(
        parameters,
        &service(Template::UserTerminatedImmediate, &options),
    )
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
    Refusal::Over { .. } => "Over",
    Refusal::EndsBefore { .. } => "EndsBefore",
    Refusal::Begun { .. } => "Begun",
    Refusal::TooLateToCorrect { .. } => "TooLateToCorrect",
    Refusal::NotInQueue { .. } => "NotInQueue",
    Refusal::NotPreviewed { .. } => "NotPreviewed",
    Refusal::MustTake => "MustTake",
    Refusal::NotAsked { .. } => "NotAsked",
    Refusal::NotToCall { .. } => "NotToCall",
    Refusal::ConnectLimit { .. } => "ConnectLimit",
    Refusal::TooMuchData { .. } => "TooMuchData",
});

/// A change that may not happen, what asks for it, and what the message names.
type NotNow = (Refusal, &'static str, &'static [&'static str]);

fn not_now() -> Section {
    let table: Vec<NotNow> = changes().into_iter().chain(dialogs()).collect();
    let found: Vec<_> = table.iter().map(|(it, ..)| refusal_variant(it)).collect();
    let mut rows = left_out(REFUSAL_VARIANTS, &found);
    let said = table.into_iter();
    rows.extend(said.map(|(refusal, sent, names)| Row::new(sent, refusal, names).now()));
    Section {
        title: "Callbacks that cannot change now",
        rows,
    }
}

variants!(room_variant, ROOM_VARIANTS: RoomRefusal {
    RoomRefusal::Over => "Over",
    RoomRefusal::NotThere => "NotThere",
    RoomRefusal::NotAsked => "NotAsked",
    RoomRefusal::Text(_) => "Text",
    RoomRefusal::Full => "Full",
    RoomRefusal::NoPhone => "NoPhone",
});

fn chats() -> Section {
    let table: [(RoomRefusal, &str, &'static [&'static str]); 6] = [
        (RoomRefusal::Over, "a text after the end", &["over"]),
        (RoomRefusal::NotThere, "a text before joining", &["join"]),
        (RoomRefusal::NotAsked, "join by another agent", &["asked"]),
        (
            RoomRefusal::Text(2001),
            "2001 characters",
            &["2001", "2000"],
        ),
        (RoomRefusal::Full, "a text to a full chat", &["1000"]),
        (RoomRefusal::NoPhone, "an order to ring", &["phone"]),
    ];
    let found: Vec<_> = table.iter().map(|(it, ..)| room_variant(it)).collect();
    let mut rows = left_out(ROOM_VARIANTS, &found);
    rows.extend(table.map(|(refusal, sent, names)| Row::new(sent, refusal, names).now()));
    Section {
        title: "Chats",
        rows,
    }
}

fn changes() -> [NotNow; 7] {
    let state = CallbackState::Queued;
    let begun = Refusal::Begun { state, attempts: 1 };
    let fixed = Refusal::TooLateToCorrect { state };
    let state = CallbackState::Scheduled;
    let early = Refusal::NotInQueue { state, attempts: 0 };
    let (keys, bytes) = (300, 70_000);
    let large = Refusal::TooMuchData { keys, bytes };
    let reason = Reason::AgentConnected;
    let over = Refusal::Over { reason };
    let (until, end) = (now(), now());
    let late = Refusal::EndsBefore { until, end };
    let talk = "DELETE while customer and agent talk";
    let moved = "PUT _new_desired_time after its first attempt";
    [
        (Refusal::Processing, talk, &["PROCESSING"]),
        (begun, moved, &["QUEUED", "SCHEDULED"]),
        (
            fixed,
            "PUT _customer_number while it is dialed",
            &["QUEUED", "_customer_number"],
        ),
        (early, "snooze before its time", &["SCHEDULED", "QUEUED"]),
        (
            over,
            "DELETE after the call",
            &["COMPLETED", "AGENT_CONNECTED"],
        ),
        (late, "snooze beyond _ttl", &["2030-01-01", "_ttl"]),
        (large, "PUT 300 keys of user data", &["300", "70000"]),
    ]
}

fn dialogs() -> [NotNow; 5] {
    let state = CallbackState::Queued;
    let other = Refusal::NotPreviewed { state };
    let no_question = Refusal::NotAsked { state };
    let dialed = Refusal::NotToCall { state };
    let often = Refusal::ConnectLimit { limit: 3 };
    let must: &[_] = &["_agent_preview_allow_reject", "false"];
    [
        (other, "accept by another agent", &["QUEUED", "not shown"]),
        (Refusal::MustTake, "reject", must),
        (no_question, "confirm unasked", &["QUEUED", "confirm"]),
        (dialed, "connect of one that is dialed", &["QUEUED", "call"]),
        (
            often,
            "connect once more",
            &["_userorig_connect_limit", "3"],
        ),
    ]
}
