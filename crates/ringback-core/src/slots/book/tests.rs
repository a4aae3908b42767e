//! Books of slots: who has a place, after what.

mod laws;

use std::time::Duration;

use crate::ids::CallbackId;
use crate::slots::{Book, Grid, HOLD, Look, MOST_PLACES, Mark, Owner, SlotId, Wish, entry};
use crate::slots::{LATEST, first_score, places_index};
use crate::time::Timestamp;
use crate::zone::Zone;

/// A slot that starts at noon.
pub(super) fn slot(owner: &str) -> SlotId {
    SlotId::from_id(format!("{owner}/1795176000"))
}

/// Seconds after the slot's start.
pub(super) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis((1_795_176_000 + seconds) * 1000)
}

pub(super) fn id(name: &str) -> CallbackId {
    CallbackId::new(name)
}

/// What is done to a book at second 0 of the table's clock, unless it says otherwise.
#[derive(Clone, Copy)]
enum Do {
    Take(&'static str, i64),
    Refused(&'static str),
    Doubt(&'static str, i64),
    NoDoubt(&'static str),
    /// With the mark of that second.
    GiveBack(&'static str, i64, i64),
    /// Those who are asked at that second, and those of them who say yes.
    Look(i64, &'static [&'static str], &'static [&'static str]),
}

use Do::{Doubt, GiveBack, Look as LookAt, NoDoubt, Refused, Take};

/// A slot of two places: what is done, who may have a place then, and when its alarm comes.
const TABLE: &[(&[Do], &[&str], i64)] = &[
    (&[], &[], 21_600),
    (&[Take("a", 0)], &["a"], 60),
    (&[Take("a", 0), Take("b", 1), Refused("c")], &["a", "b"], 60),
    (&[Take("a", 0), Take("b", 1), Take("a", 2)], &["a", "b"], 61),
    // Kept or freed when the mark is old, by what the callback says.
    (&[Take("a", 0), LookAt(59, &[], &[])], &["a"], 60),
    (&[Take("a", 0), LookAt(60, &["a"], &["a"])], &["a"], 21_600),
    (&[Take("a", 0), LookAt(60, &["a"], &[])], &[], 21_600),
    (
        &[Take("a", 0), Take("b", 9), LookAt(60, &["a"], &[])],
        &["b"],
        69,
    ),
    // Cancelled: doubted, written, given back.
    (
        &[
            Take("a", 0),
            LookAt(60, &["a"], &["a"]),
            Doubt("a", 70),
            GiveBack("a", 70, 71),
        ],
        &[],
        21_600,
    ),
    (
        &[
            Take("a", 0),
            Doubt("a", 5),
            GiveBack("a", 5, 6),
            Take("b", 7),
            Take("c", 8),
        ],
        &["b", "c"],
        67,
    ),
    // The canceller died before it wrote, or after.
    (
        &[Take("a", 0), Doubt("a", 5), LookAt(65, &["a"], &["a"])],
        &["a"],
        21_600,
    ),
    (
        &[Take("a", 0), Doubt("a", 5), LookAt(65, &["a"], &[])],
        &[],
        21_600,
    ),
    (&[NoDoubt("a")], &[], 21_600),
    // Moved away and back again: who left first does not take the new place out.
    (
        &[
            Take("a", 0),
            Doubt("a", 5),
            Take("a", 6),
            GiveBack("a", 5, 7),
        ],
        &["a"],
        66,
    ),
    // It was asked while it was about to leave: it is asked again.
    (
        &[
            Take("a", 0),
            LookAt(60, &["a"], &["a"]),
            GiveBack("a", 0, 70),
        ],
        &["a"],
        130,
    ),
    (&[GiveBack("a", 0, 1)], &[], 21_600),
    // A place is never taken away from somebody, also when there are fewer.
    (
        &[Take("a", 0), LookAt(60, &["a"], &["a"]), Take("a", 61)],
        &["a"],
        121,
    ),
];

#[test]
fn each_step_leaves_the_book_as_the_table_says() {
    for (number, (steps, holders, alarm)) in TABLE.iter().enumerate() {
        let (mut book, mut marks) = (Book::default(), Vec::<(&str, i64, Mark)>::new());
        for step in *steps {
            run(*step, &mut book, &mut marks, number);
        }
        let has: Vec<_> = ["a", "b", "c"]
            .into_iter()
            .filter(|name| book.has(&id(name)))
            .collect();
        assert_eq!(
            (has.as_slice(), book.taken()),
            (*holders, holders.len()),
            "row {number}"
        );
        assert_eq!(book.alarm(&slot("desk")), at(*alarm), "row {number}");
    }
}

fn run(step: Do, book: &mut Book, marks: &mut Vec<(&'static str, i64, Mark)>, row: usize) {
    match step {
        Take(name, second) => {
            let mark = book
                .grant(Wish::Take(2), &id(name), at(second))
                .unwrap()
                .mark;
            marks.push((name, second, mark));
        }
        Refused(name) => assert_eq!(
            book.grant(Wish::Take(2), &id(name), at(0)),
            None,
            "row {row}"
        ),
        Doubt(name, second) => {
            let mark = book.grant(Wish::Doubt, &id(name), at(second)).unwrap().mark;
            marks.push((name, second, mark));
        }
        NoDoubt(name) => assert_eq!(book.grant(Wish::Doubt, &id(name), at(0)), None, "row {row}"),
        GiveBack(name, marked, second) => {
            let is_it = |(whose, when, _): &&(&str, i64, Mark)| *whose == name && *when == marked;
            let mark = marks.iter().find(is_it).map(|(_, _, mark)| *mark);
            let mark = mark.or_else(|| {
                Book::default()
                    .grant(Wish::Take(1), &id(name), at(marked))
                    .map(|it| it.mark)
            });
            book.grant(Wish::GiveBack(mark.unwrap()), &id(name), at(second));
        }
        LookAt(second, asked, holders) => {
            let ids: Vec<_> = asked.iter().map(|name| id(name)).collect();
            let expected = if ids.is_empty() {
                Look::TooEarly
            } else {
                Look::Ask(ids.clone())
            };
            assert_eq!(book.look(&slot("desk"), at(second)), expected, "row {row}");
            book.settle(&ids, |asked| holders.contains(&asked.as_str()));
        }
    }
}

#[test]
fn a_slot_is_forgotten_six_hours_after_its_start() {
    let mut book = Book::default();
    assert_eq!(book.look(&slot("desk"), at(21_599)), Look::TooEarly);
    book.grant(Wish::Take(1), &id("a"), at(21_590)).unwrap();
    assert_eq!(book.alarm(&slot("desk")), at(21_600));
    assert_eq!(book.look(&slot("desk"), at(21_600)), Look::Over);
}

#[test]
fn marks_of_one_callback_differ_whatever_the_clocks_say() {
    let (mut book, holder) = (Book::default(), id("a"));
    let mut mark = |wish, second| {
        let granted = book.grant(wish, &holder, at(second));
        granted.map(|it| (it.mark, it.is_new))
    };
    let (first, is_first) = mark(Wish::Take(1), 5).unwrap();
    let (second, is_second) = mark(Wish::Doubt, 5).unwrap();
    let (third, _) = mark(Wish::Take(1), 0).unwrap();
    assert!(first < second && second < third);
    assert!(is_first && !is_second, "it has its place once");
    assert_eq!(mark(Wish::GiveBack(first), 6), None);
    assert_eq!(mark(Wish::GiveBack(second), 6), None);
    assert_eq!(mark(Wish::GiveBack(third), 6), Some((third, false)));
    assert_eq!(book, Book::default());
}

/// As it is stored: a holder is its id.
#[test]
fn a_place_takes_little_room() {
    let mut book = Book::default();
    let ids: Vec<_> = (0..100)
        .map(|n| id(&format!("07-20e740d3-8458-43d6-834d-3713c3385{n:03}")))
        .collect();
    for holder in &ids {
        book.grant(Wish::Take(100), holder, at(-9000)).unwrap();
    }
    let marked = serde_json::to_vec(&book).unwrap();
    assert!(marked.len() < 100 * 58, "{}", marked.len());
    assert_eq!(serde_json::from_slice::<Book>(&marked).unwrap(), book);
    book.settle(&ids, |_| true);
    let kept = serde_json::to_vec(&book).unwrap();
    assert!(kept.len() < 100 * 43, "{}", kept.len());
    assert_eq!(serde_json::from_slice::<Book>(&kept).unwrap(), book);
}

#[test]
fn stored_books_stay_readable() {
    let text = r#"{"v":1,"in":["07-a"],"mk":{"07-b":1795176000000}}"#;
    let book: Book = serde_json::from_str(text).unwrap();
    assert!(book.has(&id("07-a")) && book.has(&id("07-b")));
    assert_eq!(serde_json::to_string(&book).unwrap(), text);
    let error = serde_json::from_str::<Book>(r#"{"v":2}"#)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("layout 2 of a slot's book is unknown: allowed is 1"),
        "{error}"
    );
}

/// The largest book fits into a document.
#[test]
fn no_slot_has_more_places_than_its_document_holds() {
    let mut book = Book::default();
    let holder = |n: u32| id(&format!("1023-20e740d3-8458-43d6-834d-{n:012}"));
    for n in 0..MOST_PLACES {
        book.grant(Wish::Take(u32::MAX), &holder(n), at(-9000))
            .unwrap();
    }
    assert_eq!(
        book.grant(Wish::Take(u32::MAX), &holder(MOST_PLACES), at(0)),
        None
    );
    assert!(serde_json::to_vec(&book).unwrap().len() < 1024 * 1024);
}

#[test]
fn scores_tell_when_a_slot_starts_and_how_many_places_are_taken() {
    let service = crate::ids::ServiceName::new("desk");
    let latest = Grid::new(Zone::UTC, "120".parse().unwrap()).slot(LATEST);
    for (owner, start) in [
        (Owner::Service(&service), at(0)),
        (Owner::Capacity("desk"), at(300)),
        (Owner::Capacity("desk"), latest.start()),
    ] {
        let slot = Grid::new(Zone::UTC, "5".parse().unwrap()).slot(start);
        let id = SlotId::new(owner, slot);
        assert_eq!(id.start(), start);
        for taken in [0, 1, MOST_PLACES] {
            let (index, score) = id.listing(usize::try_from(taken).unwrap());
            assert_eq!(index, places_index(owner));
            assert_eq!(entry(score), (start, taken));
            assert!(score < 1 << 53 && first_score(start) <= score);
            assert!(score < first_score(start + Duration::from_secs(1)));
        }
    }
    assert_eq!(
        SlotId::new(
            Owner::Service(&service),
            Grid::new(Zone::UTC, "5".parse().unwrap()).slot(at(0))
        ),
        slot("desk")
    );
    assert_eq!(HOLD, Duration::from_secs(60));
}
