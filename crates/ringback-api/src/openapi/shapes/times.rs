//! Times that callbacks can be had for.

use serde::Serialize;
use utoipa::ToSchema;

/// Time slots that can be had.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Availability {
    /// How long a slot is, in minutes.
    duration_min: u8,
    /// The zone of the local times.
    #[schema(required = false)]
    timezone: String,
    slots: Vec<TimeSlot>,
}

/// A time slot.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TimeSlot {
    #[schema(format = DateTime)]
    utc_time: String,
    #[schema(required = false)]
    local_time: String,
    /// How many places are left.
    capacity: u32,
    /// How many places it has.
    total: u32,
}

/// When office hours are open, or what places a capacity has.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum OpenTimes {
    Hours(OpenHours),
    Capacity(Vec<Period>),
}

/// When office hours are open.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenHours {
    /// Always null.
    #[schema(required)]
    error: Option<String>,
    periods: Vec<Period>,
}

/// From one instant to another.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Period {
    #[schema(format = DateTime)]
    start: String,
    #[schema(format = DateTime)]
    end: String,
    /// How many callbacks each time slot takes; of a capacity.
    #[schema(required = false)]
    capacity: u32,
}
