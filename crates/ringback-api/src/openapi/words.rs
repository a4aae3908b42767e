//! Words that a value is one of, as the vocabulary has them.

use ringback_core::event::{CallbackState, Reason};
use ringback_core::reporting::Interval;
use ringback_core::service::Template;
use utoipa::openapi::schema::SchemaType;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// A `_callback_state`.
pub struct StateWord;

/// A `_callback_reason`.
pub struct ReasonWord;

/// The name of a template.
pub struct TemplateWord;

/// The state that an agent asks for.
pub struct WishWord;

/// How conditions combine.
pub struct OperandWord;

/// How deliveries stand.
pub struct DeliveryWord;

/// The form of a file.
pub struct FormatWord;

/// How long the time of a report's row is.
pub struct IntervalWord;

/// A phone number as a request writes it.
pub struct NumberWord;

impl PartialSchema for NumberWord {
    fn schema() -> RefOr<Schema> {
        let kinds = SchemaType::from_iter([Type::String, Type::Integer]);
        ObjectBuilder::new()
            .schema_type(kinds)
            .description(Some(
                "Digits, with `+` before a country code; punctuation between them does not matter",
            ))
            .into()
    }
}

impl PartialSchema for StateWord {
    fn schema() -> RefOr<Schema> {
        words(
            CallbackState::ALL.map(CallbackState::as_str),
            "How far a callback is",
        )
    }
}

impl PartialSchema for ReasonWord {
    fn schema() -> RefOr<Schema> {
        words(Reason::all().map(Reason::as_str), "Why a callback is over")
    }
}

impl PartialSchema for TemplateWord {
    fn schema() -> RefOr<Schema> {
        words(
            Template::ALL.map(Template::name),
            "A scenario that a service follows",
        )
    }
}

impl PartialSchema for WishWord {
    fn schema() -> RefOr<Schema> {
        words(
            ["ready", "not_ready", "busy", "wrap_up"],
            "What an agent asks for",
        )
    }
}

impl PartialSchema for OperandWord {
    fn schema() -> RefOr<Schema> {
        words(["AND", "OR"], "How conditions combine")
    }
}

impl PartialSchema for DeliveryWord {
    fn schema() -> RefOr<Schema> {
        words(["failing", "dead"], "How deliveries stand")
    }
}

impl PartialSchema for FormatWord {
    fn schema() -> RefOr<Schema> {
        words(["csv", "ndjson"], "The form of a file")
    }
}

impl PartialSchema for IntervalWord {
    fn schema() -> RefOr<Schema> {
        let words = Interval::ALL.map(Interval::as_str);
        self::words(words, "How long the time of a row is")
    }
}

impl ToSchema for IntervalWord {}
impl ToSchema for OperandWord {}
impl ToSchema for DeliveryWord {}
impl ToSchema for FormatWord {}
impl ToSchema for NumberWord {}
impl ToSchema for StateWord {}
impl ToSchema for ReasonWord {}
impl ToSchema for TemplateWord {}
impl ToSchema for WishWord {}

fn words(words: impl IntoIterator<Item = &'static str>, description: &str) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(words))
        .description(Some(description))
        .into()
}
