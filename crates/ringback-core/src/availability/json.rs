//! Availability as the API shows it.

use serde::Serialize;
use serde_json::Value;

use super::SlotView;
use crate::slots::Bucket;
use crate::zone::Zone;

/// The first version: `{"2026-11-20T12:00:00.000Z": 5}`, the places that are left by the first time of their slot that
/// can be booked.
pub fn v1_json(views: &[SlotView]) -> Value {
    let free = |view: &SlotView| (view.from.to_string(), view.free.into());
    Value::Object(views.iter().map(free).collect())
}

/// The second version: `{"durationMin": 5, "timezone": …, "slots": [{"utcTime": …, "localTime": …, "capacity": 5, "total":
/// 10}]}`, where `capacity` is what is left. The zone and its local times are there if `zone` is given.
pub fn v2_json(views: &[SlotView], bucket: Bucket, zone: Option<&Zone>) -> impl Serialize + use<> {
    let slot = |view: &SlotView| SlotText {
        utc_time: view.from.to_string(),
        local_time: zone.map(|zone| zone.local_text(view.from)),
        capacity: view.free,
        total: view.total,
    };
    AvailabilityText {
        duration_min: bucket.minutes(),
        timezone: zone.map(|zone| zone.name().to_owned()),
        slots: views.iter().map(slot).collect(),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AvailabilityText {
    duration_min: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    timezone: Option<String>,
    slots: Vec<SlotText>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SlotText {
    utc_time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    local_time: Option<String>,
    capacity: u32,
    total: u32,
}
