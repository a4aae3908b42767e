//! What every access to an ACD has to do, one function per behaviour. [`acd_conformance!`](crate::acd_conformance) makes a
//! test of each.

use std::future::Future;
use std::time::Duration;

use ringback_core::acd::{AcdAgent, Availability, reservation};
use ringback_core::call::CallId;

use super::{Acd, AcdError, Reserved};

/// A guard against a hang, far above what anything here needs.
const PATIENCE: Duration = Duration::from_secs(30);

/// An ACD to try, and how to make something happen in it.
pub trait Rig: Send + Sync {
    /// Access to it.
    type Acd: Acd;

    /// Access to it, whose first snapshot may not have been read yet.
    fn acd(&self) -> impl Future<Output = Self::Acd> + Send;

    /// An agent whose phone is on the hook, and whom no other test uses.
    fn agent(&self) -> impl Future<Output = AcdAgent> + Send;

    /// The agent's phone is in a call, or no longer.
    fn set_busy(&self, agent: &AcdAgent, busy: bool) -> impl Future<Output = ()> + Send;

    /// The agent pauses himself.
    fn pause(&self, agent: &AcdAgent, reason: &str) -> impl Future<Output = ()> + Send;

    /// The connection of this access is lost, and comes back.
    fn cut(&self, acd: &Self::Acd) -> impl Future<Output = ()> + Send;
}

/// Makes a test of every behaviour on the rig that `$open` opens; `None` leaves them out.
#[macro_export]
macro_rules! acd_conformance {
    ($open:path) => {
        $crate::acd_conformance! { $open:
            an_idle_agent_is_reserved_and_released
            a_reservation_is_of_one_attempt
            of_two_attempts_at_once_one_gets_him
            whoever_is_busy_is_not_reserved
            a_pause_of_his_own_is_left_alone
            whoever_is_not_known_is_not_reserved
            a_reservation_outlives_the_connection
        }
    };
    ($open:path: $($behaviour:ident)+) => {
        $(
            #[tokio::test]
            async fn $behaviour() {
                let Some(rig) = $open().await else {
                    return;
                };
                $crate::acd::conformance::$behaviour(&rig).await;
            }
        )+
    };
}

/// Reserved means: no call of the ACD any more, until he is released.
pub async fn an_idle_agent_is_reserved_and_released(rig: &impl Rig) {
    let (acd, agent) = (rig.acd().await, rig.agent().await);
    until(&acd, &agent, Availability::Ready).await;
    let attempt = attempt(1);
    assert_eq!(acd.reserve(&agent, &attempt).await, Ok(Reserved::Yes));
    assert!(acd.confirm(&agent, &attempt));
    assert!(acd.reserved().contains(&(agent.clone(), attempt.clone())));
    assert_eq!(acd.release(&agent, &attempt).await, Ok(()));
    until(&acd, &agent, Availability::Ready).await;
    assert!(!acd.confirm(&agent, &attempt));
}

/// Repeats are harmless; another attempt neither gets him nor lets him go.
pub async fn a_reservation_is_of_one_attempt(rig: &impl Rig) {
    let (acd, agent) = (rig.acd().await, rig.agent().await);
    until(&acd, &agent, Availability::Ready).await;
    let (first, second) = (attempt(1), attempt(2));
    for _ in 0..2 {
        assert_eq!(acd.reserve(&agent, &first).await, Ok(Reserved::Yes));
    }
    let held = Availability::Paused(reservation(&first));
    let refused = acd.reserve(&agent, &second).await;
    assert_eq!(refused, Ok(Reserved::No(held.clone())));
    assert_eq!(acd.release(&agent, &second).await, Ok(()));
    assert!(acd.confirm(&agent, &first) && !acd.confirm(&agent, &second));
    for _ in 0..2 {
        assert_eq!(acd.release(&agent, &first).await, Ok(()));
        until(&acd, &agent, Availability::Ready).await;
    }
}

/// Who loses does not end the pause of who wins.
pub async fn of_two_attempts_at_once_one_gets_him(rig: &impl Rig) {
    let (acd, agent) = (rig.acd().await, rig.agent().await);
    until(&acd, &agent, Availability::Ready).await;
    let (first, second) = (attempt(1), attempt(2));
    let (one, other) = tokio::join!(acd.reserve(&agent, &first), acd.reserve(&agent, &second));
    let winner = match (one, other) {
        (Ok(Reserved::Yes), Ok(Reserved::No(_))) => first,
        (Ok(Reserved::No(_)), Ok(Reserved::Yes)) => second,
        both => panic!("one of them gets him: {both:?}"),
    };
    assert!(acd.confirm(&agent, &winner));
    assert_eq!(acd.release(&agent, &winner).await, Ok(()));
    until(&acd, &agent, Availability::Ready).await;
}

/// Somebody in a call is not paused for a callback.
pub async fn whoever_is_busy_is_not_reserved(rig: &impl Rig) {
    let (acd, agent) = (rig.acd().await, rig.agent().await);
    rig.set_busy(&agent, true).await;
    until(&acd, &agent, Availability::Busy).await;
    let refused = acd.reserve(&agent, &attempt(1)).await;
    assert_eq!(refused, Ok(Reserved::No(Availability::Busy)));
    rig.set_busy(&agent, false).await;
    until(&acd, &agent, Availability::Ready).await;
}

/// Who has lunch goes on having it.
pub async fn a_pause_of_his_own_is_left_alone(rig: &impl Rig) {
    let (acd, agent) = (rig.acd().await, rig.agent().await);
    rig.pause(&agent, "lunch").await;
    let lunch = Availability::Paused("lunch".to_owned());
    until(&acd, &agent, lunch.clone()).await;
    let refused = acd.reserve(&agent, &attempt(1)).await;
    assert_eq!(refused, Ok(Reserved::No(lunch.clone())));
    assert_eq!(acd.release(&agent, &attempt(1)).await, Ok(()));
    assert_eq!(acd.availability(&agent), lunch);
}

/// Nobody is ready who is in no queue.
pub async fn whoever_is_not_known_is_not_reserved(rig: &impl Rig) {
    let (acd, agent) = (rig.acd().await, rig.agent().await);
    until(&acd, &agent, Availability::Ready).await;
    let nobody = AcdAgent::on("nowhere", "PJSIP/nobody");
    assert_eq!(acd.availability(&nobody), Availability::Away);
    let refused = acd.reserve(&nobody, &attempt(1)).await;
    assert_eq!(refused, Ok(Reserved::No(Availability::Away)));
}

/// While the connection is lost nobody is known; afterwards he is still reserved, and found to be.
pub async fn a_reservation_outlives_the_connection(rig: &impl Rig) {
    let (acd, agent) = (rig.acd().await, rig.agent().await);
    until(&acd, &agent, Availability::Ready).await;
    let attempt = attempt(1);
    assert_eq!(acd.reserve(&agent, &attempt).await, Ok(Reserved::Yes));
    rig.cut(&acd).await;
    until(&acd, &agent, Availability::Paused(reservation(&attempt))).await;
    assert!(acd.reserved().contains(&(agent.clone(), attempt.clone())));
    let released = async {
        // The first try may meet the connection that is lost.
        while acd.release(&agent, &attempt).await == Err(AcdError::Unavailable) {
            acd.changed(acd.changed(0).await).await;
        }
    };
    tokio::time::timeout(PATIENCE, released)
        .await
        .expect("it comes back");
    until(&acd, &agent, Availability::Ready).await;
}

async fn until(acd: &impl Acd, agent: &AcdAgent, expected: Availability) {
    let looks = async {
        let mut seen = acd.changed(0).await;
        while acd.availability(agent) != expected {
            seen = acd.changed(seen).await;
        }
    };
    let waited = tokio::time::timeout(PATIENCE, looks).await;
    let found = acd.availability(agent);
    assert!(waited.is_ok(), "{agent} is {found:?}, not {expected:?}");
}

fn attempt(nth: u32) -> CallId {
    CallId::of_attempt("07-20e740d3-8458-43d6-834d-3713c3385bac", nth)
}
