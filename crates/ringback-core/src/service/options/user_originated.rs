//! The customer calls.

/// Options of callbacks that the customer makes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserOriginated {
    /// `_resource_group`: the pool of numbers to call.
    pub resource_group: Option<String>,
    /// `_provide_code`: the customer gets a code to enter.
    pub code: bool,
    /// `_userorig_connect_limit`: how often the customer may ask for a number.
    pub connect_limit: u32,
}
