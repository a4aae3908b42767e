//! The queues of a real Asterisk as an ACD.

#[cfg(test)]
mod ami {
    mod conformance;
    mod live;
    mod rig;
}
