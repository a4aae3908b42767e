//! What is reported of a callback, as the vocabulary has it.

use ringback_core::reporting::{DialResult, KEYS, KeyKind, ReportingKey};
use utoipa::openapi::schema::AdditionalProperties;
use utoipa::openapi::{Object, ObjectBuilder, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// A row of what is reported.
pub struct ReportedCallback;

impl PartialSchema for ReportedCallback {
    fn schema() -> RefOr<Schema> {
        let object = ObjectBuilder::new().schema_type(Type::Object).description(Some(
            "What is reported of a callback: seconds since 1970 (UTC) for times, seconds for spans. Other keys that begin \
             with `_CB_` are as the request has sent them.",
        ));
        let object = KEYS
            .iter()
            .fold(object, |object, key| object.property(key.name, schema(key)));
        let always = [
            "_CB_SERVICE_ID",
            "_service_name",
            "_callback_state",
            "_CB_FINAL_RECORD",
        ];
        let object = always
            .iter()
            .fold(object, |object, key| object.required(*key));
        object
            .additional_properties(Some(AdditionalProperties::FreeForm(true)))
            .into()
    }
}

impl ToSchema for ReportedCallback {}

fn schema(key: &ReportingKey) -> Object {
    let value = ObjectBuilder::new().description(Some(key.meaning));
    match key.kind {
        KeyKind::Whole => value.schema_type(Type::Integer).build(),
        KeyKind::AsSent => value
            .schema_type(utoipa::openapi::schema::SchemaType::AnyValue)
            .build(),
        KeyKind::Text if key.name == "_CB_DIAL_1_RESULT" => {
            let words = DialResult::ALL.map(DialResult::as_str);
            value
                .schema_type(Type::String)
                .enum_values(Some(words))
                .build()
        }
        KeyKind::Text => value.schema_type(Type::String).build(),
    }
}
