//! What every ACD does.

use std::future::{Ready, ready};

use super::rig::AmiRig;

fn open() -> Ready<Option<AmiRig>> {
    ready(AmiRig::open())
}

ringback_ports::acd_conformance!(open);
