//! The phone network of a real Asterisk, with SIPp as its carrier and its agents' phones.

#[cfg(test)]
mod asterisk {
    mod attached;
    mod conformance;
    mod hosts;
    mod outcomes;
    mod rig;
}
