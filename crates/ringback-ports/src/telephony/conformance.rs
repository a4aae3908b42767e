//! What every phone network has to do, one function per behaviour.
//! [`telephony_conformance!`](crate::telephony_conformance) makes a test of each.
//!
//! That nothing is reported is seen by what is reported next: a second call is made, and its answer has to be the next
//! thing heard.

use std::future::Future;
use std::time::Duration;

use ringback_core::access::{AccessCode, Arrival};
use ringback_core::call::{
    AnsweredBy, Attached, CallCommand, CallId, CallResult, CallStatus, DialOrder, Party, Report,
};
use ringback_core::phone::PhoneNumber;

use super::{PhoneError, PhoneEvent, Telephony};

/// A guard against a hang, far above what any call here needs.
const PATIENCE: Duration = Duration::from_secs(120);

/// How many calls are made at once.
const MANY: usize = 200;

/// A phone network to try, and whom to call on it.
pub trait Rig: Send + Sync {
    /// A dialer's access to it.
    type Phone: Telephony;

    /// Another dialer.
    fn dialer(&self) -> impl Future<Output = Self::Phone> + Send;

    /// A call id that was never used on this network.
    fn call(&self) -> CallId;

    /// A person, who rings for a moment, answers and stays on the line.
    fn person(&self) -> PhoneNumber;

    /// Somebody whose line is busy.
    fn busy(&self) -> PhoneNumber;

    /// The directory number of an agent who answers and keeps talking.
    fn agent(&self) -> String;

    /// The directory number of an agent who does not answer.
    fn absent_agent(&self) -> String;

    /// A person calls in, and stays on the line; the call.
    fn call_in(&self, arrival: Arrival) -> impl Future<Output = CallId> + Send;
}

/// One `#[tokio::test]` per behaviour. `$open` is an async function without arguments that answers `Option<impl Rig>`; on
/// `None` the tests are left out, and `$open` says why.
#[macro_export]
macro_rules! telephony_conformance {
    ($open:path) => {
        $crate::telephony_conformance! { $open:
            a_person_answers
            a_busy_line_fails
            a_repeated_dial_dials_nothing
            a_call_that_was_asked_about_is_not_dialed
            a_call_that_was_hung_up_is_not_dialed
            a_sound_ends_and_hold_does_not
            a_hang_up_ends_the_call_once
            a_hang_up_stops_the_ringing
            an_agent_is_connected
            an_absent_agent_leaves_the_customer
            reports_go_to_whoever_asked_last
            a_successor_takes_over
            many_calls_keep_apart
            an_agent_is_summoned_before_the_customer
            a_repeated_summon_rings_nobody
            an_absent_agent_ends_the_summons
            a_busy_customer_ends_the_summons
            a_summons_is_hung_up
            a_call_that_arrives_is_offered_until_somebody_takes_it
            a_call_that_arrived_is_like_any_other
            listening_by_snatches_loses_nothing
        }
    };
    ($open:path: $($behaviour:ident)+) => {
        $(
            #[tokio::test]
            async fn $behaviour() {
                let Some(rig) = $open().await else {
                    return;
                };
                $crate::telephony::conformance::$behaviour(&rig).await;
            }
        )+
    };
}

/// A dialed person rings, answers, and is up.
pub async fn a_person_answers(rig: &impl Rig) {
    let phone = rig.dialer().await;
    assert!(phone.is_ready());
    let call = answered(rig, &phone).await;
    assert_eq!(inspect(&phone, &call).await, up(false));
}

/// A busy line is reported as such, and known afterwards.
pub async fn a_busy_line_fails(rig: &impl Rig) {
    let phone = rig.dialer().await;
    let call = rig.call();
    order(&phone, &call, dial(rig.busy())).await;
    let result = CallResult::Busy;
    expect(&phone, &call, Report::Failed { result }).await;
    assert_eq!(
        inspect(&phone, &call).await,
        CallStatus::Failed { result },
        "a failed call is remembered"
    );
}

/// A dial under a known call id is taken and does nothing, while it rings, when it is up and when it is over.
pub async fn a_repeated_dial_dials_nothing(rig: &impl Rig) {
    let phone = rig.dialer().await;
    let call = rig.call();
    order(&phone, &call, dial(rig.person())).await;
    order(&phone, &call, dial(rig.person())).await;
    expect_answer(&phone, &call).await;

    order(&phone, &call, dial(rig.person())).await;
    expect_nothing(rig, &phone).await;
    assert_eq!(inspect(&phone, &call).await, up(false));

    hang_up(&phone, &call).await;
    order(&phone, &call, dial(rig.person())).await;
    expect_nothing(rig, &phone).await;
    assert_eq!(inspect(&phone, &call).await, over(false));
}

/// To ask for an unknown call closes its id.
pub async fn a_call_that_was_asked_about_is_not_dialed(rig: &impl Rig) {
    let phone = rig.dialer().await;
    let call = rig.call();
    assert_eq!(inspect(&phone, &call).await, CallStatus::Unknown);
    expect_refusal(rig, &phone, &call).await;
    let other = rig.dialer().await;
    expect_refusal(rig, &other, &call).await;
    assert_eq!(inspect(&phone, &call).await, CallStatus::Unknown);
}

/// To hang up an unknown call closes its id.
pub async fn a_call_that_was_hung_up_is_not_dialed(rig: &impl Rig) {
    let phone = rig.dialer().await;
    let call = rig.call();
    order(&phone, &call, CallCommand::HangUp).await;
    order(&phone, &call, CallCommand::HangUp).await;
    expect_refusal(rig, &phone, &call).await;
    assert_eq!(inspect(&phone, &call).await, CallStatus::Unknown);
}

/// A sound that was played to its end is reported; music on hold is not.
pub async fn a_sound_ends_and_hold_does_not(rig: &impl Rig) {
    let phone = rig.dialer().await;
    let call = answered(rig, &phone).await;
    order(&phone, &call, play()).await;
    expect(&phone, &call, Report::TreatmentDone).await;
    order(&phone, &call, hold()).await;
    expect_nothing(rig, &phone).await;
    order(&phone, &call, play()).await;
    expect(&phone, &call, Report::TreatmentDone).await;
}

/// A hang-up is reported once, however often it is ordered.
pub async fn a_hang_up_ends_the_call_once(rig: &impl Rig) {
    let phone = rig.dialer().await;
    let call = answered(rig, &phone).await;
    hang_up(&phone, &call).await;
    order(&phone, &call, CallCommand::HangUp).await;
    expect_nothing(rig, &phone).await;
    assert_eq!(inspect(&phone, &call).await, over(false));
}

/// A call can be ended before it is answered.
pub async fn a_hang_up_stops_the_ringing(rig: &impl Rig) {
    let phone = rig.dialer().await;
    let call = rig.call();
    order(&phone, &call, dial(rig.person())).await;
    order(&phone, &call, CallCommand::HangUp).await;
    let by_us = Report::HungUp { by: Party::Us };
    let mut answered = false;
    loop {
        match heard(&phone).await {
            (heard, report) if heard == call && report == by_us => break,
            (heard, Report::Answered { .. }) if heard == call => answered = true,
            (heard, report) => assert_eq!((heard, report), (call.clone(), Report::Ringing)),
        }
    }
    let result = CallResult::Dropped;
    let dropped = CallStatus::Failed { result };
    let expected = if answered { over(false) } else { dropped };
    assert_eq!(inspect(&phone, &call).await, expected);
    expect_nothing(rig, &phone).await;
}

/// An agent who answers is bridged in, once.
pub async fn an_agent_is_connected(rig: &impl Rig) {
    let phone = rig.dialer().await;
    let call = answered(rig, &phone).await;
    order(&phone, &call, hold()).await;
    order(&phone, &call, connect(rig.agent())).await;
    order(&phone, &call, connect(rig.agent())).await;
    expect(&phone, &call, Report::Connected).await;
    order(&phone, &call, connect(rig.agent())).await;
    expect_nothing(rig, &phone).await;
    assert_eq!(inspect(&phone, &call).await, up(true));
    hang_up(&phone, &call).await;
    assert_eq!(inspect(&phone, &call).await, over(true));
}

/// When the agent does not answer the customer is still there, for another agent.
pub async fn an_absent_agent_leaves_the_customer(rig: &impl Rig) {
    let phone = rig.dialer().await;
    let call = answered(rig, &phone).await;
    order(&phone, &call, connect(rig.absent_agent())).await;
    expect(&phone, &call, Report::AgentFailed).await;
    assert_eq!(inspect(&phone, &call).await, up(false));
    order(&phone, &call, connect(rig.agent())).await;
    expect(&phone, &call, Report::Connected).await;
}

/// To ask for a call attaches its reports, whoever gives the orders.
pub async fn reports_go_to_whoever_asked_last(rig: &impl Rig) {
    let (first, second) = (rig.dialer().await, rig.dialer().await);
    let call = answered(rig, &first).await;
    assert_eq!(inspect(&second, &call).await, up(false));
    order(&first, &call, play()).await;
    expect(&second, &call, Report::TreatmentDone).await;
    expect_nothing(rig, &first).await;

    assert_eq!(inspect(&first, &call).await, up(false));
    order(&second, &call, CallCommand::HangUp).await;
    expect(&first, &call, Report::HungUp { by: Party::Us }).await;
    expect_nothing(rig, &second).await;
}

/// A call outlives its dialer, and who asks for it afterwards goes on with it.
pub async fn a_successor_takes_over(rig: &impl Rig) {
    let lost = rig.dialer().await;
    let call = answered(rig, &lost).await;
    drop(lost);
    let phone = rig.dialer().await;
    assert_eq!(inspect(&phone, &call).await, up(false));
    order(&phone, &call, dial(rig.person())).await;
    expect_nothing(rig, &phone).await;
    order(&phone, &call, connect(rig.agent())).await;
    expect(&phone, &call, Report::Connected).await;
}

/// Of many calls each is answered once.
pub async fn many_calls_keep_apart(rig: &impl Rig) {
    let phone = rig.dialer().await;
    let mut waiting = std::collections::BTreeSet::new();
    for _ in 0..MANY {
        let call = rig.call();
        order(&phone, &call, dial(rig.person())).await;
        waiting.insert(call);
    }
    while !waiting.is_empty() {
        match heard(&phone).await {
            (_, Report::Ringing) => {}
            (call, report) => {
                assert_eq!(report, by_a_person());
                assert!(waiting.remove(&call), "{call} was answered once");
            }
        }
    }
    expect_nothing(rig, &phone).await;
}

/// The agent is called first, and talks to the customer as soon as that one answers.
pub async fn an_agent_is_summoned_before_the_customer(rig: &impl Rig) {
    let phone = rig.dialer().await;
    let call = summoned(rig, &phone).await;
    order(&phone, &call, dial(rig.person())).await;
    expect_answer(&phone, &call).await;
    expect(&phone, &call, Report::Connected).await;
    assert_eq!(inspect(&phone, &call).await, up(true));
    order(&phone, &call, dial(rig.person())).await;
    expect_nothing(rig, &phone).await;
    hang_up(&phone, &call).await;
    assert_eq!(inspect(&phone, &call).await, over(true));
}

/// A summon under a known call id is taken and does nothing.
pub async fn a_repeated_summon_rings_nobody(rig: &impl Rig) {
    let phone = rig.dialer().await;
    let call = summoned(rig, &phone).await;
    order(&phone, &call, summon(rig.agent())).await;
    expect_nothing(rig, &phone).await;
    let answered = CallStatus::Summoned { answered: true };
    assert_eq!(inspect(&phone, &call).await, answered);
}

/// With an agent who does not answer it is over, and no customer was dialed.
pub async fn an_absent_agent_ends_the_summons(rig: &impl Rig) {
    let phone = rig.dialer().await;
    let call = rig.call();
    order(&phone, &call, summon(rig.absent_agent())).await;
    let ringing = CallStatus::Summoned { answered: false };
    assert_eq!(inspect(&phone, &call).await, ringing);
    expect(&phone, &call, Report::AgentFailed).await;
    assert_eq!(inspect(&phone, &call).await, over(false));
    order(&phone, &call, CallCommand::HangUp).await;
    expect_nothing(rig, &phone).await;
}

/// The agent is let go when the customer cannot be reached.
pub async fn a_busy_customer_ends_the_summons(rig: &impl Rig) {
    let phone = rig.dialer().await;
    let call = summoned(rig, &phone).await;
    order(&phone, &call, dial(rig.busy())).await;
    let result = CallResult::Busy;
    expect(&phone, &call, Report::Failed { result }).await;
    assert_eq!(inspect(&phone, &call).await, CallStatus::Failed { result });
}

/// A call in which only the agent is can be ended.
pub async fn a_summons_is_hung_up(rig: &impl Rig) {
    let phone = rig.dialer().await;
    let call = summoned(rig, &phone).await;
    hang_up(&phone, &call).await;
    assert_eq!(inspect(&phone, &call).await, over(false));
    expect_nothing(rig, &phone).await;
}

/// Whoever listens hears of it, again and again; whoever asks for it has it.
pub async fn a_call_that_arrives_is_offered_until_somebody_takes_it(rig: &impl Rig) {
    let phone = rig.dialer().await;
    let arrival = arrival(rig);
    let (call, offered) = tokio::join!(rig.call_in(arrival.clone()), offered(&phone));
    assert_eq!(offered, (call.clone(), arrival.clone()));
    assert_eq!(self::offered(&phone).await, (call.clone(), arrival));
    assert_eq!(inspect(&phone, &call).await, up(false));
    expect_nothing(rig, &phone).await;
}

/// It is played to, connected, and hung up.
pub async fn a_call_that_arrived_is_like_any_other(rig: &impl Rig) {
    let phone = rig.dialer().await;
    let (call, _) = tokio::join!(rig.call_in(arrival(rig)), offered(&phone));
    assert_eq!(inspect(&phone, &call).await, up(false));
    order(&phone, &call, play()).await;
    expect(&phone, &call, Report::TreatmentDone).await;
    order(&phone, &call, dial(rig.person())).await;
    order(&phone, &call, connect(rig.agent())).await;
    expect(&phone, &call, Report::Connected).await;
    hang_up(&phone, &call).await;
    assert_eq!(inspect(&phone, &call).await, over(true));
}

/// Whoever listens beside other things, and gives up whenever there is nothing to hear, hears everything once and in order;
/// the network knows of it from the first try on.
pub async fn listening_by_snatches_loses_nothing(rig: &impl Rig) {
    let phone = rig.dialer().await;
    let arrival = arrival(rig);
    let arriving = snatched(&phone);
    let (arrived, event) = tokio::join!(rig.call_in(arrival.clone()), arriving);
    let call = arrived.clone();
    assert_eq!(event, PhoneEvent::Arrived { call, arrival });
    assert_eq!(inspect(&phone, &arrived).await, up(false));

    let call = rig.call();
    order(&phone, &call, dial(rig.person())).await;
    let by = AnsweredBy::Person;
    for report in [Report::Ringing, Report::Answered { by }] {
        let call = call.clone();
        assert_eq!(snatched(&phone).await, PhoneEvent::Call { call, report });
    }
}

/// The next event, waited for again and again.
async fn snatched(phone: &impl Telephony) -> PhoneEvent {
    let snatching = async {
        loop {
            tokio::select! {
                biased;
                event = phone.next_event() => return event,
                () = tokio::time::sleep(Duration::from_millis(1)) => {}
            }
        }
    };
    within(snatching).await
}

async fn summoned<R: Rig>(rig: &R, phone: &R::Phone) -> CallId {
    let call = rig.call();
    order(phone, &call, summon(rig.agent())).await;
    expect(phone, &call, Report::AgentAnswered).await;
    call
}

fn arrival(rig: &impl Rig) -> Arrival {
    Arrival {
        to: "8005550101".parse().expect("a number"),
        from: Some(rig.person()),
        code: Some(AccessCode::entered("123456")),
    }
}

async fn offered(phone: &impl Telephony) -> (CallId, Arrival) {
    match within(phone.next_event()).await {
        PhoneEvent::Arrived { call, arrival } => (call, arrival),
        other @ (PhoneEvent::Call { .. } | PhoneEvent::Gap) => panic!("{other:?}"),
    }
}

/// Dials a person and waits for the answer.
async fn answered<R: Rig>(rig: &R, phone: &R::Phone) -> CallId {
    let call = rig.call();
    order(phone, &call, dial(rig.person())).await;
    expect_answer(phone, &call).await;
    call
}

async fn expect_answer(phone: &impl Telephony, call: &CallId) {
    expect(phone, call, Report::Ringing).await;
    expect(phone, call, by_a_person()).await;
}

/// Nothing is reported before the news of another call.
async fn expect_nothing<R: Rig>(rig: &R, phone: &R::Phone) {
    let other = answered(rig, phone).await;
    hang_up(phone, &other).await;
}

async fn expect_refusal<R: Rig>(rig: &R, phone: &R::Phone, call: &CallId) {
    let refused = phone.send(call, dial(rig.person())).await;
    assert!(
        matches!(refused, Err(PhoneError::Refused(_))),
        "a closed call id is refused: {refused:?}"
    );
    expect_nothing(rig, phone).await;
}

async fn hang_up(phone: &impl Telephony, call: &CallId) {
    order(phone, call, CallCommand::HangUp).await;
    expect(phone, call, Report::HungUp { by: Party::Us }).await;
}

async fn order(phone: &impl Telephony, call: &CallId, command: CallCommand) {
    within(phone.send(call, command))
        .await
        .expect("the order is taken");
}

async fn inspect(phone: &impl Telephony, call: &CallId) -> CallStatus {
    within(phone.inspect(call))
        .await
        .expect("the network answers")
}

async fn expect(phone: &impl Telephony, call: &CallId, report: Report) {
    assert_eq!(heard(phone).await, (call.clone(), report));
}

async fn heard(phone: &impl Telephony) -> (CallId, Report) {
    match within(phone.next_event()).await {
        PhoneEvent::Call { call, report } => (call, report),
        other @ (PhoneEvent::Arrived { .. } | PhoneEvent::Gap) => panic!("{other:?}"),
    }
}

async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future)
        .await
        .expect("the network does not hang")
}

fn dial(to: PhoneNumber) -> CallCommand {
    CallCommand::Dial(DialOrder {
        to,
        from: None,
        display_name: None,
        trunk: "conformance".to_owned(),
        ring_timeout: Duration::from_secs(30),
        detect: false,
        strict: false,
        attached: Attached::default(),
    })
}

fn summon(dn: String) -> CallCommand {
    CallCommand::Summon {
        dn,
        attached: Attached::default(),
    }
}

fn play() -> CallCommand {
    CallCommand::Play {
        sound: "greeting".to_owned(),
    }
}

fn hold() -> CallCommand {
    CallCommand::Hold {
        sound: "music".to_owned(),
    }
}

fn connect(dn: String) -> CallCommand {
    CallCommand::Connect {
        dn,
        attached: Attached::default(),
    }
}

const fn by_a_person() -> Report {
    Report::Answered {
        by: AnsweredBy::Person,
    }
}

const fn up(connected: bool) -> CallStatus {
    CallStatus::Up {
        by: AnsweredBy::Person,
        connected,
    }
}

const fn over(connected: bool) -> CallStatus {
    CallStatus::Over { connected }
}
