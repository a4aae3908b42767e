//! What a customer's device, and an IVR that a customer has called, do about a callback.

use axum::extract::{Path, State};
use axum::{Extension, Json};
use ringback_core::access::{AccessCode, Arrival};
use ringback_core::call::CallId;
use ringback_core::ids::CallbackId;
use ringback_core::phone::PhoneNumber;
use ringback_ports::desk::{Desk, Matched, Refusal, RefusalKind};
use serde_json::{Map, Value, json};

use super::Answer;
use crate::access::Caller;
use crate::body::Parameters;
use crate::filter::{invalid, short};
use crate::openapi::GmsWrites;
use crate::openapi::shapes::{Dialog, MatchParameters, MatchedCallback};

/// The most bytes of the name of a call.
const LONGEST_CALL: usize = 256;

/// Continue the dialog of a callback
///
/// `snooze` lets it wait for `_snooze_duration`; `confirm` says that the customer is there; `connect` asks for the
/// number to call, which holds until `_expiration_time`. Repeating `confirm` or `connect` is fine.
#[utoipa::path(
    post,
    path = "/service/{id}/{action}",
    tag = "dialogs",
    params(
        ("id" = String, Path, description = "Its `_id`"),
        ("action" = String, Path, description = "`snooze`, `confirm` or `connect`", example = "snooze")
    ),
    responses((status = 200, description = "The next dialog", body = Dialog), GmsWrites)
)]
pub async fn act<D: Desk>(
    State(desk): State<D>,
    Path((id, action)): Path<(String, String)>,
) -> Answer {
    let acted = desk.act(&CallbackId::new(&id), &action).await?;
    let mut answer = acted.further;
    answer.extend(acted.dialog.map(|dialog| dialog.keys()).unwrap_or_default());
    answer.insert("_id".to_owned(), id.into());
    Ok(Json(answer.into()))
}

/// Continue the dialog of a callback by its link
///
/// As the established product's devices follow `_user_action_url`; the same as POST.
#[utoipa::path(
    get,
    path = "/service/{id}/{action}",
    tag = "dialogs",
    params(
        ("id" = String, Path, description = "Its `_id`"),
        ("action" = String, Path, description = "`snooze`, `confirm` or `connect`", example = "snooze")
    ),
    responses((status = 200, description = "The next dialog", body = Dialog), GmsWrites)
)]
pub async fn act_by_link<D: Desk>(state: State<D>, path: Path<(String, String)>) -> Answer {
    act(state, path).await
}

/// Find the callback that a call belongs to, asked for by a query
///
/// The same as POST, whose parameters may stand in the query as well.
#[utoipa::path(
    get,
    path = "/service/match-interaction",
    tag = "dialogs",
    params(
        ("_access_number" = String, Query, description = "The number that was called"),
        ("_customer_number" = Option<String>, Query, description = "Whose call it is"),
        ("_access_code" = Option<String>, Query, description = "What was entered"),
        ("_call_id" = Option<String>, Query, description = "The call; it is given to the callback"),
        ("_return_user_data" = Option<bool>, Query, description = "Whether user data is answered")
    ),
    responses((status = 200, description = "The callback", body = MatchedCallback), GmsWrites)
)]
pub async fn match_by_query<D: Desk>(
    state: State<D>,
    caller: Extension<Caller>,
    given: Parameters,
) -> Answer {
    match_interaction(state, caller, given).await
}

/// Find the callback that a call belongs to
///
/// For an IVR that a customer has called on the number of a `DialNumber`. With `_call_id` the call is given to that
/// callback, which connects it; without, the number stays the customer's until it lapses.
#[utoipa::path(
    post,
    path = "/service/match-interaction",
    tag = "dialogs",
    request_body(content(
        (MatchParameters = "application/json"),
        (MatchParameters = "application/x-www-form-urlencoded")
    )),
    responses((status = 200, description = "The callback", body = MatchedCallback), GmsWrites)
)]
pub async fn match_interaction<D: Desk>(
    State(desk): State<D>,
    Extension(caller): Extension<Caller>,
    Parameters(given): Parameters,
) -> Answer {
    let arrival = arrival(&given)?;
    let call = call(&given)?;
    let with_data = flag(&given, "_return_user_data")?;
    let Matched {
        id,
        record,
        user_data,
    } = desk.match_call(&arrival).await?;
    let Some(record) = caller.may_see(&desk, vec![record]).await?.pop() else {
        return Err(hidden().into());
    };
    if let Some(call) = call {
        desk.give_call(&id, call).await?;
    }
    let mut answer = record;
    answer.insert("_data_id".to_owned(), id.as_str().into());
    if with_data {
        answer.insert("_user_data".to_owned(), user_data.into());
    }
    Ok(Json(answer.into()))
}

fn arrival(given: &Map<String, Value>) -> Result<Arrival, Refusal> {
    let to = number(given, "_access_number")?;
    let to = to.ok_or_else(|| invalid("mandatory parameter '_access_number' is missing"))?;
    let from = match number(given, "_customer_number")? {
        Some(number) => Some(number),
        None => number(given, "_phone_number")?,
    };
    let code = text(given, "_access_code")?.map(|code| AccessCode::entered(&code));
    if from.is_none() && code.is_none() {
        let message = "mandatory parameter '_customer_number' is missing: it, or _access_code, says whose call it is";
        return Err(invalid(message));
    }
    Ok(Arrival { to, from, code })
}

fn number(given: &Map<String, Value>, key: &str) -> Result<Option<PhoneNumber>, Refusal> {
    let Some(text) = text(given, key)? else {
        return Ok(None);
    };
    let number = text.parse().map(Some);
    number.map_err(|error| Refusal::new(RefusalKind::Number, format!("{key} is {error}")))
}

fn call(given: &Map<String, Value>) -> Result<Option<CallId>, Refusal> {
    let call = text(given, "_call_id")?;
    if let Some(long) = call.as_ref().filter(|call| call.len() > LONGEST_CALL) {
        let shown = short(long);
        let message = format!("_call_id '{shown}…': allowed are up to {LONGEST_CALL} bytes");
        return Err(invalid(message));
    }
    let call = call.map(CallId::from_wire);
    if call.as_ref().is_some_and(|call| call.chat().is_some()) {
        return Err(invalid(
            "_call_id is a chat: allowed is the name of a phone call",
        ));
    }
    Ok(call)
}

fn flag(given: &Map<String, Value>, key: &str) -> Result<bool, Refusal> {
    match given.get(key) {
        None => Ok(false),
        Some(value) if *value == json!(true) || *value == json!("true") => Ok(true),
        Some(value) if *value == json!(false) || *value == json!("false") => Ok(false),
        Some(other) => {
            let shown = short(&other.to_string());
            Err(invalid(format!(
                "{key} {shown}: allowed are true and false"
            )))
        }
    }
}

/// A parameter that is not empty; digits may come without quotes.
fn text(given: &Map<String, Value>, key: &str) -> Result<Option<String>, Refusal> {
    match given.get(key) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone()).filter(|text| !text.is_empty())),
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        Some(other) => {
            let shown = short(&other.to_string());
            Err(invalid(format!("{key} {shown}: allowed is a text")))
        }
    }
}

/// As if nobody were expected: whose callback it is must not be told.
fn hidden() -> Refusal {
    Refusal::new(
        RefusalKind::NotFound,
        "no callback expects this call: allowed are those of services without a login",
    )
}
