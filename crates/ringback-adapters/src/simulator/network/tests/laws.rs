//! What holds whatever is ordered.

use std::collections::{HashMap, HashSet};

use proptest::prelude::*;

use super::*;

/// One thing that is done to the network.
#[derive(Clone, Debug)]
enum Act {
    Order(usize, CallCommand),
    Inspect(usize),
    CallIn(usize, u8),
    Wait(u64),
}

fn act() -> impl Strategy<Value = Act> {
    let call = || 0..4_usize;
    let command = prop_oneof![
        3 => (0..12_u8, 0..30_u64, any::<bool>()).prop_map(|(number, seconds, detect)| {
            CallCommand::Dial(DialOrder {
                ring_timeout: Duration::from_secs(seconds),
                detect,
                ..order(&format!("51{number:02}"))
            })
        }),
        2 => Just(play()),
        2 => Just(hold()),
        2 => prop_oneof![Just(connect("7001")), Just(connect("7099"))],
        1 => Just(CallCommand::HangUp),
        2 => prop_oneof![Just(summon("7001")), Just(summon("7099"))],
    ];
    prop_oneof![
        6 => (call(), command).prop_map(|(call, command)| Act::Order(call, command)),
        1 => call().prop_map(Act::Inspect),
        1 => (call(), 0..12_u8).prop_map(|(call, number)| Act::CallIn(call, number)),
        4 => (0..9_000_u64).prop_map(Act::Wait),
    ]
}

/// Runs `acts`; `eager` stops at every timer, otherwise the network learns of the time with the next act only.
fn run(options: &str, acts: &[Act], eager: bool) -> (Network, Vec<(CallId, Report)>) {
    let mut network = Network::new(Options::parse(options).unwrap());
    let mut now = Instant::now();
    let mut heard = Vec::new();
    let name = |call: usize| id(&format!("call{call}"));
    for act in acts {
        match act {
            // A refusal is an answer like any other here.
            Act::Order(call, command) => drop(network.command(&name(*call), command.clone(), now)),
            Act::Inspect(call) => drop(network.inspect(&name(*call), now)),
            Act::CallIn(call, number) => {
                let arrival = arrival(&format!("51{number:02}"));
                network.call_in(&name(*call), arrival, now).ok();
            }
            Act::Wait(millis) => {
                now += Duration::from_millis(*millis);
                while let Some(at) = network.next_timer().filter(|at| eager && *at <= now) {
                    network.timeout(at);
                    heard.extend(std::iter::from_fn(|| network.next_report()));
                }
            }
        }
        heard.extend(std::iter::from_fn(|| network.next_report()));
    }
    while let Some(at) = network.next_timer() {
        network.timeout(at);
    }
    heard.extend(std::iter::from_fn(|| network.next_report()));
    (network, heard)
}

proptest! {
    #[test]
    fn nothing_is_reported_after_the_end(
        acts in prop::collection::vec(act(), 0..60),
        options in prop_oneof![Just("talk=20"), Just("instant=true"), Just("speed=7")],
    ) {
        let (network, heard) = run(options, &acts, true);
        let mut ended = HashSet::new();
        let mut answers: HashMap<CallId, u32> = HashMap::new();
        for (call, report) in heard {
            prop_assert!(!ended.contains(&call), "{report:?} of {call} after its end");
            match report {
                Report::Failed { .. } | Report::HungUp { .. } => drop(ended.insert(call)),
                Report::Answered { .. } => *answers.entry(call).or_default() += 1,
                Report::Ringing
                | Report::AgentAnswered
                | Report::TreatmentDone
                | Report::Connected
                | Report::AgentFailed => {}
            }
        }
        for call in (0..4).map(|call| id(&format!("call{call}"))) {
            let dialed = network.dialed(&call);
            prop_assert!(dialed.dials <= 1 && dialed.dials <= dialed.orders);
            prop_assert!(answers.get(&call).is_none_or(|times| *times == 1));
            if ended.contains(&call) {
                prop_assert!(!network.is_live(&call));
                prop_assert!(dialed.dials <= 1);
            }
        }
        let tally = network.tally();
        prop_assert_eq!(tally.calls, tally.dials);
        prop_assert_eq!(tally.dialed_twice, 0);
    }

    #[test]
    fn it_does_not_matter_how_often_the_network_looks_at_the_clock(
        acts in prop::collection::vec(act(), 0..60),
    ) {
        let (_, eager) = run("talk=20", &acts, true);
        let (_, lazy) = run("talk=20", &acts, false);
        prop_assert_eq!(eager, lazy);
    }
}
