//! What comes twice, late or from elsewhere changes nothing: every input is tried in every state.

use super::stages::{RETAIN, dialing, on_line};
use super::story::{DELAYED, IMMEDIATE, Told, asked, asked_for};

const BEFORE_THE_CALL: [&str; 5] = [
    "hand out",
    "hand out for anna",
    "agent gone",
    "take by d2",
    "look",
];
const OF_THE_DIALER: [&str; 5] = ["take over by d2", "renew", "yield", "timeout", "closed"];
const OF_THE_CALL: [&str; 10] = [
    "ringing",
    "answered by person",
    "answered by machine",
    "answered by fax",
    "treatment done",
    "connected",
    "agent failed",
    "failed busy",
    "customer hung up",
    "we hung up",
];
const OF_A_SUCCESSOR: [&str; 7] = [
    "found unknown",
    "found ringing",
    "found up person",
    "found up connected",
    "found failed busy",
    "found over",
    "found over connected",
];

/// Whatever is not named in `fits` changes nothing at 20 seconds: before any limit or lease, if it was renewed at 19.
fn check(told: &Told, fits: &[&str]) {
    let all = [
        BEFORE_THE_CALL.as_slice(),
        &OF_THE_DIALER,
        &OF_THE_CALL,
        &OF_A_SUCCESSOR,
    ]
    .concat();
    for name in fits {
        assert!(all.contains(name), "'{name}' is tried");
    }
    let foreign: Vec<_> = all
        .into_iter()
        .filter(|name| !fits.contains(name))
        .collect();
    told.check_ignored(20, &foreign);
}

fn taken() -> Told {
    dialing(RETAIN).after("19 renew")
}

#[test]
fn before_the_call() {
    check(&asked_for(IMMEDIATE, "", Some(3600)), &[]);
    check(
        &asked(IMMEDIATE, ""),
        &["look", "hand out", "hand out for anna"],
    );
    check(
        &asked(IMMEDIATE, "").after("1 hand out"),
        &["look", "take by d2"],
    );
    check(
        &asked(DELAYED, "").after("1 hand out for KSippola"),
        &["look", "take by d2", "agent gone"],
    );
}

#[test]
fn while_dialing() {
    let fits = [
        "renew",
        "yield",
        "answered by person",
        "answered by machine",
        "answered by fax",
        "failed busy",
        "customer hung up",
        "we hung up",
        "found unknown",
        "found up person",
        "found up connected",
        "found failed busy",
        "found over",
        "found over connected",
    ];
    check(&taken(), &fits);
}

const UP: [&str; 9] = [
    "renew",
    "yield",
    "failed busy",
    "customer hung up",
    "we hung up",
    "found unknown",
    "found failed busy",
    "found over",
    "found over connected",
];

#[test]
fn while_the_customer_is_there() {
    let greeting = taken().after("19 answered by person");
    let resumed = ["found up person", "found up connected"];
    check(
        &greeting,
        &[&UP[..], &resumed, &["treatment done"]].concat(),
    );
    let on_line = greeting.after("19 treatment done");
    check(&on_line, &[&UP[..], &resumed].concat());
    let connecting = on_line.after("19 offer KSippola");
    check(
        &connecting,
        &[&UP[..], &resumed, &["connected", "agent failed"]].concat(),
    );
    check(&connecting.after("19 connected"), &UP);
}

#[test]
fn after_the_end() {
    let cancelled = taken().after("19 cancel");
    check(&cancelled, &["closed"]);
    check(&cancelled.after("19 closed"), &[]);
    check(&asked(IMMEDIATE, "").after("19 cancel"), &[]);
    let handed_over = on_line("").after("9 offer KSippola\n 12 connected");
    check(&handed_over, &[]);
}
