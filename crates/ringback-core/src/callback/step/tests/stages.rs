//! How far an immediate callback of the sample service, with further options, has come.

use super::story::{IMMEDIATE, Told, asked};

/// What keeps a callback until those who talk have ended.
pub const RETAIN: &str = "_retain_session_until_ixn_deleted=true";

/// The customer's phone is dialed.
pub fn dialing(further: &str) -> Told {
    asked(IMMEDIATE, further).after("1 hand out\n 1 take by d1")
}

/// The customer is greeted.
pub fn greeting(further: &str) -> Told {
    dialing(further).after("5 answered by person")
}

/// The customer waits for an agent.
pub fn on_line(further: &str) -> Told {
    greeting(further).after("9 treatment done")
}

/// An agent's phone rings.
pub fn connecting(further: &str) -> Told {
    on_line(further).after("10 offer KSippola")
}

/// They talk.
pub fn talking() -> Told {
    connecting(RETAIN).after("12 connected")
}
