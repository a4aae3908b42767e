//! Office hours as the API shows them.

use serde_json::{Value, json};

use super::{DAY, OfficeHours, Period};
use crate::availability::Window;

impl OfficeHours {
    /// The answer to who asks when somebody is there: `{"error":null,"periods":[{"start":…,"end":…}]}`, times in UTC.
    ///
    /// A window without length asks whether somebody is there at that instant: the answer is the period from then on, up to
    /// a day of it, or no period.
    pub fn answer(&self, window: Window) -> Value {
        let periods = if window.start == window.end {
            let mut ahead = self.periods(window.start, window.start + DAY);
            ahead.retain(|period| period.start == window.start);
            ahead
        } else {
            self.periods(window.start, window.end)
        };
        let periods: Vec<Value> = periods.into_iter().map(Period::to_json).collect();
        json!({ "error": null, "periods": periods })
    }
}

impl Period {
    fn to_json(self) -> Value {
        json!({ "start": self.start.to_string(), "end": self.end.to_string() })
    }
}
