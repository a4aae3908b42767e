//! What every phone network does.

use std::future::{Ready, ready};

use super::rig::AsteriskRig;

/// What `tests/services/asterisk` has printed.
fn open() -> Ready<Option<AsteriskRig>> {
    ready(AsteriskRig::open())
}

ringback_ports::telephony_conformance!(open);
