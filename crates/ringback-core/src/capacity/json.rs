//! A capacity as the API shows it.

use serde_json::{Value, json};

use super::Capacity;
use crate::availability::Window;

impl Capacity {
    /// The answer to who asks for its places: `[{"start":…,"end":…,"capacity":…}]`, times in UTC, only periods with places.
    ///
    /// A window without length asks for the places at that instant: the answer is the period from then on, up to a day of
    /// it, or no period.
    pub fn answer(&self, window: Window) -> Value {
        let mut periods = if window.start == window.end {
            let mut ahead = self.periods(window.start, window.start + super::DAY);
            ahead.truncate(1);
            ahead
        } else {
            self.periods(window.start, window.end)
        };
        periods.retain(|period| period.places > 0);
        let shown = periods.iter().map(|period| {
            json!({
                "start": period.start.to_string(),
                "end": period.end.to_string(),
                "capacity": period.places,
            })
        });
        shown.collect()
    }
}
