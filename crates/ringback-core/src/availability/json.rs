//! Availability as the API shows it.

use serde_json::{Map, Value, json};

use super::SlotView;
use crate::slots::Bucket;
use crate::zone::Zone;

/// The first version: `{"2026-11-20T12:00:00.000Z": 5}`, the places that are left by the start of their slot.
pub fn v1_json(views: &[SlotView]) -> Value {
    let free = |view: &SlotView| (view.slot.to_string(), view.free.into());
    Value::Object(views.iter().map(free).collect())
}

/// The second version: `{"durationMin": 5, "timezone": …, "slots": [{"utcTime": …, "localTime": …, "capacity": 5, "total":
/// 10}]}`. Local times, and their time zone, are there if a zone was asked for.
pub fn v2_json(views: &[SlotView], bucket: Bucket, zone: Option<&Zone>) -> Value {
    let slot = |view: &SlotView| {
        let mut slot = Map::new();
        slot.insert("utcTime".to_owned(), view.slot.to_string().into());
        if let Some(zone) = zone {
            let local = zone.local_text(view.slot.start());
            slot.insert("localTime".to_owned(), local.into());
        }
        slot.insert("capacity".to_owned(), view.free.into());
        slot.insert("total".to_owned(), view.total.into());
        Value::Object(slot)
    };
    let slots: Vec<Value> = views.iter().map(slot).collect();
    let mut answer = json!({ "durationMin": bucket.minutes(), "slots": slots });
    if let Some(zone) = zone {
        answer["timezone"] = zone.name().into();
    }
    answer
}
