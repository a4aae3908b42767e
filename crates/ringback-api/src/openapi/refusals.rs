//! What is answered when something is not done, in both families.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::{ContentBuilder, ObjectBuilder, Ref, RefOr, Response, ResponseBuilder, Type};
use utoipa::{IntoResponses, Modify, ToSchema};

/// Each status with the name of its answer and what it says.
const STATUSES: [(u16, &str, &str); 11] = [
    (
        400,
        "Invalid",
        "Something is wrong with the request: the message names it, its value and what is allowed",
    ),
    (401, "Unknown", "Credentials are missing or wrong"),
    (403, "Forbidden", "The caller's role may not do this"),
    (404, "NotFound", "There is nothing of that name"),
    (408, "Slow", "The body did not come in time"),
    (409, "Conflict", "Not in the present state"),
    (412, "Version", "Not in the version that was named"),
    (413, "TooLarge", "The body is too large"),
    (415, "MediaType", "Bodies of this type are not read here"),
    (429, "TooOften", "Credentials were wrong too often"),
    (
        503,
        "Unavailable",
        "Not now: the store or the broker is away, or there are too many",
    ),
];
const READS: &[u16] = &[400, 401, 403, 404, 429, 503];
const WRITES: &[u16] = &[400, 401, 403, 404, 408, 409, 413, 415, 429, 503];
const VERSIONED_WRITES: &[u16] = &[400, 401, 403, 404, 408, 409, 412, 413, 415, 429, 503];

/// What questions of the callback API are answered with otherwise.
pub struct GmsReads;

/// What changes of the callback API are answered with otherwise.
pub struct GmsWrites;

/// What questions under `/v1` are answered with otherwise.
pub struct Reads;

/// What changes under `/v1` are answered with otherwise.
pub struct Writes;

type Answers = BTreeMap<String, RefOr<Response>>;

impl IntoResponses for GmsReads {
    fn responses() -> Answers {
        answers("Gms", READS)
    }
}

impl IntoResponses for GmsWrites {
    fn responses() -> Answers {
        answers("Gms", WRITES)
    }
}

impl IntoResponses for Reads {
    fn responses() -> Answers {
        answers("Problem", READS)
    }
}

impl IntoResponses for Writes {
    fn responses() -> Answers {
        answers("Problem", VERSIONED_WRITES)
    }
}

fn answers(family: &str, statuses: &[u16]) -> Answers {
    let used = STATUSES
        .iter()
        .filter(|(status, ..)| statuses.contains(status));
    used.map(|(status, name, _)| {
        let answer = Ref::from_response_name(format!("{family}{name}"));
        (status.to_string(), answer.into())
    })
    .collect()
}

/// An error of the callback API.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GmsError {
    /// For people: the field, its value and what is allowed.
    #[schema(example = "mandatory parameter '_customer_number' is missing")]
    pub message: String,
    /// For programs.
    #[schema(
        pattern = "^CallbackException[A-Za-z]+$",
        example = "CallbackExceptionInvalid"
    )]
    pub exception: String,
    /// The HTTP status.
    #[schema(example = 400)]
    pub code: u16,
    /// Its reason phrase.
    #[schema(example = "Bad Request")]
    pub phrase: String,
    /// Other times, where one is refused: what is left by the start of a slot.
    #[schema(required = false)]
    pub availability: BTreeMap<String, u32>,
}

/// An error under `/v1` (RFC 9457).
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Problem {
    /// The kind of problem: the status says it all.
    #[serde(rename = "type")]
    #[schema(example = "about:blank")]
    pub kind: String,
    /// The reason phrase of the HTTP status.
    #[schema(example = "Bad Request")]
    pub title: String,
    /// The HTTP status.
    #[schema(example = 400)]
    pub status: u16,
    /// For people: the field, its value and what is allowed.
    #[schema(example = "status 'late': allowed are failing and dead")]
    pub detail: String,
    /// Other times, where one is refused: what is left by the start of a slot.
    #[schema(required = false)]
    pub availability: BTreeMap<String, u32>,
}

/// Puts the answers of both families into the document.
pub struct Refusals;

impl Modify for Refusals {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_default();
        let schemas = &mut components.schemas;
        schemas.insert("GmsError".to_owned(), schema::<GmsError>());
        schemas.insert("Problem".to_owned(), schema::<Problem>());
        for (status, name, description) in STATUSES {
            for (family, schema, kind) in [
                ("Gms", "GmsError", "application/json"),
                ("Problem", "Problem", "application/problem+json"),
            ] {
                let answer = answer(status, description, schema, kind);
                let name = format!("{family}{name}");
                components.responses.insert(name, answer.into());
            }
        }
    }
}

fn schema<T: ToSchema>() -> RefOr<utoipa::openapi::Schema> {
    T::schema()
}

fn answer(status: u16, description: &str, schema: &str, kind: &str) -> Response {
    let schema = Ref::from_schema_name(schema);
    let content = ContentBuilder::new().schema(Some(schema)).build();
    let answer = ResponseBuilder::new()
        .description(description)
        .content(kind, content);
    let header = match status {
        401 => (
            "www-authenticate",
            Type::String,
            "The ways to show who one is",
        ),
        429 | 503 => ("retry-after", Type::Integer, "Seconds"),
        _ => return answer.build(),
    };
    let (name, kind, description) = header;
    let value = ObjectBuilder::new().schema_type(kind).build();
    let header = HeaderBuilder::new()
        .schema(Some(value))
        .description(Some(description));
    answer.header(name, header.build()).build()
}
