//! What a caller may change of a callback.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Map, Value};

use super::Route;
use crate::phone::CustomerNumber;
use crate::time::Timestamp;

/// The most keys of user data.
pub const MAX_DATA_KEYS: usize = crate::untrusted::MAX_KEYS;
/// The most user data, in bytes of JSON.
pub const MAX_DATA: usize = crate::untrusted::MAX_BYTES;

/// What a caller changes of a callback, all at once or nothing.
#[derive(Clone, Default, PartialEq)]
pub struct Update {
    /// When the customer wants the call now.
    pub desired: Option<Timestamp>,
    /// Whom to call, in place of whoever was to be called.
    pub number: Option<CustomerNumber>,
    /// Options that are corrected, by their own names.
    pub options: BTreeMap<String, String>,
    /// Where it waits with these.
    pub route: Option<Box<Route>>,
    /// User data that is added or replaced.
    pub set: Map<String, Value>,
    /// User data that is dropped.
    pub remove: Vec<String>,
    /// Whether the wait in its queue is estimated before its new time.
    pub estimated: bool,
    /// Whether it shall be over.
    pub complete: bool,
}

/// Shows what kind of change, nothing of the person.
impl fmt::Debug for Update {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Update")
            .field("desired", &self.desired)
            .field("number", &self.number.is_some())
            .field("options", &self.options.len())
            .field("set", &self.set.len())
            .field("remove", &self.remove.len())
            .field("estimated", &self.estimated)
            .field("complete", &self.complete)
            .finish()
    }
}
