//! Each outcome with its exact reports and times, and what holds for any sequence of orders.

use std::collections::{HashMap, HashSet};

use proptest::prelude::*;
use ringback_core::call::AnsweredBy;

use super::refusal::MAX_CALL_ID;
use super::*;

const DIALED: &str = "07-20e740d3-c-001";

/// A report, and after how many milliseconds it came.
type Heard = (u128, Report);

/// The network, the time, and what was reported when.
struct Scene {
    network: Network,
    start: Instant,
    now: Instant,
    heard: Vec<Heard>,
}

impl Scene {
    fn new(options: &str) -> Self {
        let start = Instant::now();
        Self {
            network: Network::new(Options::parse(options).unwrap()),
            start,
            now: start,
            heard: Vec::new(),
        }
    }

    /// A scene in which `number` was dialed.
    fn dialed(options: &str, number: &str) -> Self {
        let mut scene = Self::new(options);
        scene.order(dial(number)).unwrap();
        scene
    }

    /// A scene in which a person answered after 3 s.
    fn answered(options: &str, number: &str) -> Self {
        let mut scene = Self::dialed(options, number);
        scene.pass(3_000);
        scene.heard.clear();
        scene
    }

    fn order(&mut self, command: CallCommand) -> Result<(), Refusal> {
        let taken = self.network.command(&id(DIALED), command, self.now);
        self.listen(self.now);
        taken
    }

    /// Lets time pass, stopping where something happens.
    fn pass(&mut self, millis: u64) {
        let until = self.now + Duration::from_millis(millis);
        while let Some(at) = self.network.next_timer().filter(|at| *at <= until) {
            self.network.timeout(at);
            self.listen(at);
        }
        self.now = until;
    }

    fn listen(&mut self, at: Instant) {
        while let Some((call, report)) = self.network.next_report() {
            assert_eq!(call, id(DIALED));
            self.heard.push(((at - self.start).as_millis(), report));
        }
    }

    fn status(&mut self) -> CallStatus {
        self.network.inspect(&id(DIALED), self.now)
    }

    #[track_caller]
    fn expect(&mut self, reports: &[Heard]) {
        assert_eq!(std::mem::take(&mut self.heard), reports);
    }
}

fn id(text: &str) -> CallId {
    CallId::from_wire(text)
}

fn order(number: &str) -> DialOrder {
    DialOrder {
        to: number.parse().unwrap(),
        from: None,
        display_name: None,
        trunk: "default".to_owned(),
        ring_timeout: Duration::from_secs(20),
        detect: true,
    }
}

fn dial(number: &str) -> CallCommand {
    CallCommand::Dial(order(number))
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

fn connect(dn: &str) -> CallCommand {
    CallCommand::Connect { dn: dn.to_owned() }
}

const RINGING: Report = Report::Ringing;
const DONE: Report = Report::TreatmentDone;
const CUSTOMER_LEFT: Report = Report::HungUp {
    by: Party::Customer,
};
const ENDED_BY_US: Report = Report::HungUp { by: Party::Us };

const fn answered(by: AnsweredBy) -> Report {
    Report::Answered { by }
}

const fn failed(result: CallResult) -> Report {
    Report::Failed { result }
}

const fn up(by: AnsweredBy, connected: bool) -> CallStatus {
    CallStatus::Up { by, connected }
}

#[test]
fn the_number_decides() {
    use AnsweredBy::{Fax, Machine, Person};
    use CallResult::{AllTrunksBusy, Busy, InvalidNumber, NoAnswer};
    let lost = |result| CallStatus::Failed { result };
    let cases: [(&str, &[Heard], CallStatus); 12] = [
        ("5101", &[(2_000, failed(Busy))], lost(Busy)),
        ("1", &[(2_000, failed(Busy))], lost(Busy)),
        (
            "5102",
            &[(1_000, RINGING), (20_000, failed(NoAnswer))],
            lost(NoAnswer),
        ),
        (
            "5103",
            &[(1_000, RINGING), (4_000, answered(Machine))],
            up(Machine, false),
        ),
        (
            "5104",
            &[(1_000, RINGING), (4_000, answered(Fax))],
            up(Fax, false),
        ),
        ("5105", &[(200, failed(InvalidNumber))], lost(InvalidNumber)),
        ("5106", &[(200, failed(AllTrunksBusy))], lost(AllTrunksBusy)),
        (
            "5107",
            &[(1_000, RINGING), (3_000, answered(Person))],
            up(Person, false),
        ),
        (
            "5108",
            &[(1_000, RINGING), (17_000, answered(Person))],
            up(Person, false),
        ),
        ("5109", &[], CallStatus::Ringing),
        (
            "+16505550115",
            &[(1_000, RINGING), (3_000, answered(Person))],
            up(Person, false),
        ),
        (
            "5100",
            &[(1_000, RINGING), (3_000, answered(Person))],
            up(Person, false),
        ),
    ];
    for (number, reports, status) in cases {
        let mut scene = Scene::dialed("", number);
        assert_eq!(scene.status(), CallStatus::Ringing, "{number}");
        scene.pass(3_600_000);
        scene.expect(reports);
        assert_eq!(scene.status(), status, "{number}");
        assert_eq!(scene.network.next_timer(), None, "{number}");
    }
}

#[test]
fn nobody_rings_longer_than_ordered() {
    for (number, seconds, reports) in [
        (
            "5110",
            3,
            vec![(1_000, RINGING), (3_000, answered(AnsweredBy::Person))],
        ),
        (
            "5110",
            2,
            vec![(1_000, RINGING), (2_000, failed(CallResult::NoAnswer))],
        ),
        (
            "5103",
            3,
            vec![(1_000, RINGING), (3_000, failed(CallResult::NoAnswer))],
        ),
        ("5102", 0, vec![(0, failed(CallResult::NoAnswer))]),
        ("5101", 1, vec![(1_000, failed(CallResult::NoAnswer))]),
    ] {
        let mut scene = Scene::new("");
        let ring_timeout = Duration::from_secs(seconds);
        let order = DialOrder {
            ring_timeout,
            ..order(number)
        };
        scene.order(CallCommand::Dial(order)).unwrap();
        scene.pass(60_000);
        scene.expect(&reports);
    }
}

#[test]
fn without_detection_everybody_is_a_person() {
    for number in ["5103", "5104", "5110"] {
        let mut scene = Scene::new("");
        let order = DialOrder {
            detect: false,
            ..order(number)
        };
        scene.order(CallCommand::Dial(order)).unwrap();
        scene.pass(10_000);
        let (_, last) = *scene.heard.last().unwrap();
        assert_eq!(last, answered(AnsweredBy::Person), "{number}");
        assert_eq!(scene.status(), up(AnsweredBy::Person, false), "{number}");
    }
}

#[test]
fn a_call_from_greeting_to_the_end_of_the_talk() {
    let mut scene = Scene::answered("", "5110");
    scene.order(play()).unwrap();
    scene.pass(5_000);
    scene.order(hold()).unwrap();
    scene.pass(60_000);
    scene.order(connect("7001")).unwrap();
    scene.pass(10_000);
    assert_eq!(scene.status(), up(AnsweredBy::Person, true));
    scene.pass(600_000);
    scene.expect(&[
        (7_000, DONE),
        (70_000, Report::Connected),
        (250_000, CUSTOMER_LEFT),
    ]);
    assert_eq!(scene.status(), CallStatus::Over { connected: true });
}

#[test]
fn every_duration_is_divided() {
    let mut scene = Scene::dialed("speed=10&talk=50", "5108");
    scene.pass(10_000);
    scene.order(connect("7001")).unwrap();
    scene.pass(60_000);
    scene.expect(&[
        (100, RINGING),
        (1_700, answered(AnsweredBy::Person)),
        (10_200, Report::Connected),
        (15_200, CUSTOMER_LEFT),
    ]);
}

#[test]
fn an_instant_network_reports_with_the_order() {
    let mut scene = Scene::dialed("instant=true", "5110");
    scene.expect(&[(0, RINGING), (0, answered(AnsweredBy::Person))]);
    scene.order(play()).unwrap();
    scene.expect(&[(0, DONE)]);
    scene.order(connect("7099")).unwrap();
    scene.expect(&[(0, Report::AgentFailed)]);
    scene.order(connect("7001")).unwrap();
    scene.expect(&[(0, Report::Connected), (0, CUSTOMER_LEFT)]);
    assert_eq!(scene.network.next_timer(), None);
}

#[test]
fn an_impatient_customer_leaves_on_hold() {
    let mut scene = Scene::answered("", "5107");
    scene.order(play()).unwrap();
    scene.pass(4_000);
    scene.order(hold()).unwrap();
    scene.pass(2_000);
    scene.order(hold()).unwrap();
    scene.order(connect("7001")).unwrap();
    scene.pass(60_000);
    scene.expect(&[(7_000, DONE), (10_000, CUSTOMER_LEFT)]);
    assert_eq!(scene.status(), CallStatus::Over { connected: false });
}

#[test]
fn an_impatient_customer_stays_with_an_agent() {
    let mut scene = Scene::answered("talk=30", "5107");
    scene.order(hold()).unwrap();
    scene.order(connect("7001")).unwrap();
    scene.pass(2_000);
    scene.order(hold()).unwrap();
    scene.pass(60_000);
    scene.expect(&[(5_000, Report::Connected), (35_000, CUSTOMER_LEFT)]);
}

#[test]
fn an_absent_agent_is_given_up() {
    let mut scene = Scene::answered("", "5110");
    scene.order(connect("7099")).unwrap();
    scene.pass(5_000);
    scene.order(connect("7001")).unwrap();
    scene.pass(10_000);
    assert_eq!(scene.status(), up(AnsweredBy::Person, false));
    scene.order(connect("7001")).unwrap();
    scene.pass(2_000);
    scene.expect(&[(18_000, Report::AgentFailed), (20_000, Report::Connected)]);
}

#[test]
fn another_sound_replaces_the_one_that_plays() {
    let mut scene = Scene::answered("", "5110");
    scene.order(play()).unwrap();
    scene.pass(2_000);
    scene.order(play()).unwrap();
    scene.pass(3_000);
    scene.order(hold()).unwrap();
    scene.pass(60_000);
    scene.expect(&[]);
}

#[test]
fn a_hang_up_ends_any_call_once() {
    let mut scene = Scene::dialed("", "5110");
    scene.pass(1_000);
    scene.order(CallCommand::HangUp).unwrap();
    scene.order(CallCommand::HangUp).unwrap();
    scene.pass(60_000);
    scene.expect(&[(1_000, RINGING), (1_000, ENDED_BY_US)]);
    let result = CallResult::Dropped;
    assert_eq!(scene.status(), CallStatus::Failed { result });

    let mut scene = Scene::answered("", "5110");
    scene.order(play()).unwrap();
    scene.order(connect("7001")).unwrap();
    scene.order(CallCommand::HangUp).unwrap();
    scene.pass(60_000);
    scene.expect(&[(3_000, ENDED_BY_US)]);
    assert_eq!(scene.status(), CallStatus::Over { connected: false });
    assert_eq!(scene.order(play()), Err(Refusal::NotUp));
}

#[test]
fn a_silent_call_is_not_heard_of_even_when_it_is_ended() {
    let mut scene = Scene::dialed("", "5109");
    scene.pass(60_000);
    scene.order(CallCommand::HangUp).unwrap();
    scene.expect(&[]);
    let result = CallResult::Dropped;
    assert_eq!(scene.status(), CallStatus::Failed { result });
    assert_eq!(scene.network.dialed(&id(DIALED)).dials, 1);
}

#[test]
fn a_repeated_dial_counts_as_an_order_only() {
    let mut scene = Scene::dialed("", "5110");
    for _ in 0..3 {
        scene.order(dial("5110")).unwrap();
        scene.pass(1_500);
    }
    scene.order(CallCommand::HangUp).unwrap();
    scene.order(dial("5110")).unwrap();
    scene.pass(60_000);
    scene.expect(&[
        (1_000, RINGING),
        (3_000, answered(AnsweredBy::Person)),
        (4_500, ENDED_BY_US),
    ]);
    let dialed = scene.network.dialed(&id(DIALED));
    assert_eq!((dialed.dials, dialed.orders), (1, 5));
    assert_eq!(
        scene.network.tally(),
        Tally {
            calls: 1,
            dials: 1,
            orders_repeated: 4,
            ..Tally::default()
        }
    );
}

#[test]
fn a_closed_call_id_is_never_dialed() {
    let inspected: fn(&mut Scene) = |scene| assert_eq!(scene.status(), CallStatus::Unknown);
    let hung_up: fn(&mut Scene) = |scene| scene.order(CallCommand::HangUp).unwrap();
    for close in [inspected, hung_up] {
        let mut scene = Scene::new("instant=true");
        close(&mut scene);
        assert_eq!(scene.order(dial("5110")), Err(Refusal::Closed));
        close(&mut scene);
        assert_eq!(scene.order(dial("5110")), Err(Refusal::Closed));
        scene.expect(&[]);
        let dialed = scene.network.dialed(&id(DIALED));
        assert_eq!((dialed.dials, dialed.orders), (0, 2));
        assert_eq!(scene.network.tally().orders_refused, 2);
    }
}

#[test]
fn to_count_closes_nothing() {
    let mut scene = Scene::new("instant=true");
    assert_eq!(
        scene.network.dialed(&id(DIALED)).status,
        CallStatus::Unknown
    );
    assert_eq!(scene.order(dial("5110")), Ok(()));
}

#[test]
fn a_number_that_is_dialed_for_two_calls_shows() {
    let mut network = Network::new(Options::default());
    let now = Instant::now();
    let number: PhoneNumber = "5110".parse().unwrap();
    for (call, dialed_twice) in [("a", 0), ("b", 1), ("c", 1)] {
        network.command(&id(call), dial("5110"), now).unwrap();
        assert_eq!(network.tally().numbers_dialed_twice, dialed_twice);
    }
    assert_eq!(network.dialed_number(&number), 3);
    let tally = network.tally();
    assert_eq!((tally.calls, tally.dials, tally.live), (3, 3, 3));
    assert_eq!(tally.dialed_twice, 0);
}

#[test]
fn the_past_is_bounded() {
    let bounds = Bounds {
        kept: 10,
        ..Bounds::DEFAULT
    };
    let mut network = Network::bounded(Options::parse("instant=true").unwrap(), bounds);
    let now = Instant::now();
    network.command(&id("alive"), dial("5110"), now).unwrap();
    for n in 0..50 {
        network
            .command(&id(&format!("lost{n}")), dial("5101"), now)
            .unwrap();
        network.inspect(&id(&format!("closed{n}")), now);
    }
    assert_eq!(network.dialed(&id("lost44")).dials, 0, "forgotten");
    assert_eq!(network.dialed(&id("lost45")).dials, 1, "kept");
    assert_eq!(network.dialed(&id("alive")).dials, 1, "a live call is kept");
    assert_eq!(network.dialed_number(&"5101".parse().unwrap()), 5);
    assert_eq!((network.tally().calls, network.tally().live), (51, 1));
}

#[test]
fn the_present_is_bounded() {
    let bounds = Bounds {
        live: 2,
        ..Bounds::DEFAULT
    };
    let mut network = Network::bounded(Options::default(), bounds);
    let now = Instant::now();
    for call in ["a", "b"] {
        network.command(&id(call), dial("5110"), now).unwrap();
    }
    let refused = network.command(&id("c"), dial("5110"), now);
    assert_eq!(refused, Err(Refusal::Full(2)));
    network.command(&id("b"), dial("5110"), now).unwrap();
    network.command(&id("a"), CallCommand::HangUp, now).unwrap();
    network.command(&id("c"), dial("5110"), now).unwrap();
    assert_eq!(
        (network.tally().live, network.tally().orders_refused),
        (2, 1)
    );
}

#[test]
fn call_ids_are_bounded() {
    let mut network = Network::new(Options::default());
    let now = Instant::now();
    for (length, taken) in [
        (0, false),
        (1, true),
        (MAX_CALL_ID, true),
        (MAX_CALL_ID + 1, false),
    ] {
        let call = id(&"x".repeat(length));
        let outcome = network.command(&call, dial("5110"), now);
        assert_eq!(outcome == Ok(()), taken, "{outcome:?}");
        assert_eq!(network.inspect(&call, now) == CallStatus::Ringing, taken);
        assert_eq!(network.is_live(&call), taken);
    }
}

#[test]
fn no_timeout_is_too_long() {
    let mut scene = Scene::new("");
    let order = DialOrder {
        ring_timeout: Duration::MAX,
        ..order("5102")
    };
    scene.order(CallCommand::Dial(order)).unwrap();
    scene.pass(24 * 3_600_000);
    scene.expect(&[(1_000, RINGING), (86_400_000, failed(CallResult::NoAnswer))]);
}

/// One thing that is done to the network.
#[derive(Clone, Debug)]
enum Act {
    Order(usize, CallCommand),
    Inspect(usize),
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
    ];
    prop_oneof![
        6 => (call(), command).prop_map(|(call, command)| Act::Order(call, command)),
        1 => call().prop_map(Act::Inspect),
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
                Report::Ringing | Report::TreatmentDone | Report::Connected | Report::AgentFailed => {}
            }
        }
        for call in (0..4).map(|call| id(&format!("call{call}"))) {
            let dialed = network.dialed(&call);
            prop_assert!(dialed.dials <= 1 && dialed.dials <= dialed.orders);
            prop_assert!(answers.get(&call).is_none_or(|times| *times == 1));
            if ended.contains(&call) {
                prop_assert!(!network.is_live(&call));
                prop_assert_eq!(dialed.dials, 1);
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
