//! The customer calls.

use std::time::Duration;

/// Options of callbacks that the customer makes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserOriginated {
    /// `_resource_group`: the pool of numbers to call.
    pub resource_group: String,
    /// `_provide_code`: the customer gets a code to enter.
    pub code: bool,
    /// `_userorig_connect_limit`: how often the customer may ask for a number.
    pub connect_limit: u32,
    /// `_booking_expiration_timeout`: how long a customer has for the call.
    pub booking: Duration,
}
