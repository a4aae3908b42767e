//! Which callbacks a query string asks for.

use ringback_core::callback::NUMBER_KEY;
use ringback_core::event::{CallbackState, Reason};
use ringback_core::ids::ServiceName;
use ringback_core::phone::PhoneNumber;
use ringback_core::time::Timestamp;
use ringback_ports::desk::{CallbackQuery, Refusal, RefusalKind};

/// The most parameters of a query string.
const MOST_PAIRS: usize = 128;
/// Parameters that say one thing: of two, somebody means the first and somebody else the last.
const ONCE: [&str; 15] = [
    "after",
    "count",
    "end_time",
    "format",
    "from",
    "group",
    "interval",
    "limit",
    "max",
    "number",
    "queue",
    "run",
    "start_time",
    "timezone",
    "to",
];

/// The parameters in their order. A name may come again where all of them hold.
pub fn pairs(query: Option<&str>) -> Result<Vec<(String, String)>, Refusal> {
    let parsed = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let pairs: Vec<_> = parsed.into_owned().take(MOST_PAIRS + 1).collect();
    if pairs.len() > MOST_PAIRS {
        let message = format!("the query has more than {MOST_PAIRS} parameters: these are allowed");
        return Err(invalid(message));
    }
    for (place, (name, _)) in pairs.iter().enumerate() {
        if ONCE.contains(&name.as_str()) && pairs[..place].iter().any(|(other, _)| other == name) {
            let message = format!("parameter '{name}' stands twice: it must stand once");
            return Err(invalid(message));
        }
    }
    Ok(pairs)
}

/// Services, repeated or with commas between them.
pub fn services(query: &mut CallbackQuery, value: &str) {
    query.services.extend(parts(value).map(ServiceName::new));
}

/// States, repeated or with commas between them.
pub fn states(query: &mut CallbackQuery, name: &str, value: &str) -> Result<(), Refusal> {
    for part in parts(value) {
        let known = CallbackState::ALL
            .into_iter()
            .find(|it| it.as_str() == part);
        query.states.push(known.ok_or_else(|| {
            let all = CallbackState::ALL.map(CallbackState::as_str);
            not_allowed(name, part, &all)
        })?);
    }
    Ok(())
}

/// Reasons, repeated or with commas between them.
pub fn reasons(query: &mut CallbackQuery, name: &str, value: &str) -> Result<(), Refusal> {
    for part in parts(value) {
        query.reasons.push(Reason::find(part).ok_or_else(|| {
            let all: Vec<_> = Reason::all().map(Reason::as_str).collect();
            not_allowed(name, part, &all)
        })?);
    }
    Ok(())
}

/// One of these reasons.
pub fn reason(name: &str, value: &str, allowed: &[Reason]) -> Result<Reason, Refusal> {
    let known = allowed.iter().find(|it| it.as_str() == value);
    known.copied().ok_or_else(|| {
        let all: Vec<_> = allowed.iter().map(|it| it.as_str()).collect();
        not_allowed(name, value, &all)
    })
}

/// A customer's number.
pub fn number(query: &mut CallbackQuery, name: &str, value: &str) -> Result<(), Refusal> {
    let number: PhoneNumber = value
        .parse()
        .map_err(|error| Refusal::new(RefusalKind::Number, format!("{name} is {error}")))?;
    query.number = Some(number);
    Ok(())
}

/// A point in time.
pub fn time(name: &str, value: &str) -> Result<Timestamp, Refusal> {
    Timestamp::parse(value.trim()).map_err(|error| invalid(format!("{name}: {error}")))
}

/// A count of at least one.
pub fn count(name: &str, value: &str, most: usize) -> Result<usize, Refusal> {
    let read = value
        .parse()
        .ok()
        .filter(|count| (1..=most).contains(count));
    read.ok_or_else(|| {
        let shown = short(value);
        invalid(format!("{name} '{shown}': allowed are 1 to {most}"))
    })
}

/// What else a callback must say, by a name of the record or a lookup key.
pub fn property(query: &mut CallbackQuery, name: String, value: String) -> Result<(), Refusal> {
    match name.as_str() {
        NUMBER_KEY | "_phone_number" => number(query, &name, &value),
        _ => {
            query.more.push((name, value));
            Ok(())
        }
    }
}

/// Something else than what is allowed.
pub fn not_allowed(name: &str, value: &str, allowed: &[&str]) -> Refusal {
    let (shown, allowed) = (short(value), allowed.join(", "));
    invalid(format!("{name} '{shown}': allowed are {allowed}"))
}

/// A parameter that is none.
pub fn unknown(name: &str, allowed: &[&str]) -> Refusal {
    let (name, allowed) = (short(name), allowed.join(", "));
    invalid(format!(
        "parameter '{name}' is unknown: allowed are {allowed}"
    ))
}

/// A request that is wrong.
pub fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new(RefusalKind::Invalid, message)
}

/// As much of a value as a message repeats.
pub fn short(value: &str) -> String {
    value.chars().take(80).collect()
}

fn parts(value: &str) -> impl Iterator<Item = &str> {
    value
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
}
