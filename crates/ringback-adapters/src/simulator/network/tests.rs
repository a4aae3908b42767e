//! Each outcome with its exact reports and times, and what holds for any sequence of orders.

mod arrivals;
mod bounds;
mod laws;
mod repeats;

use ringback_core::call::{AnsweredBy, Attached};

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
        strict: false,
        attached: Attached::default(),
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

fn summon(dn: &str) -> CallCommand {
    CallCommand::Summon {
        dn: dn.to_owned(),
        attached: Attached::default(),
    }
}

fn arrival(from: &str) -> Arrival {
    Arrival {
        to: "8005550101".parse().unwrap(),
        from: Some(from.parse().unwrap()),
        code: None,
    }
}

fn connect(dn: &str) -> CallCommand {
    CallCommand::Connect {
        dn: dn.to_owned(),
        attached: Attached::default(),
    }
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
