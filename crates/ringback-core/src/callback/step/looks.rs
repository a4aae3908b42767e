//! How often a callback that waits is looked at.

use std::time::Duration;

/// Seconds from the queue to the first look at who waits there.
pub(super) const AT_WAITING: u64 = 5;
/// Seconds from the hand-out to the first reminder of the dialers.
const AT_HANDED_OUT: u64 = 2;
/// Seconds between two reminders of the dialers while the customer is on the line: he hangs up long before the distances
/// that spare a queue, and the dialers that are told first may be the ones that are stopped.
const ON_THE_LINE: u64 = 2;

/// The longest distance between two looks.
const LONGEST: u64 = 300;
/// After how many looks the distance no longer grows, whatever it was at first.
const DOUBLINGS: u32 = 32;

/// `first` seconds at first, then the distance doubles with each look, up to [`LONGEST`]: how long after the start look
/// number `done + 1` is.
pub(super) fn back_off(first: u64, done: u32) -> Duration {
    let doubled = (0..done.min(DOUBLINGS)).fold((first, first), |(total, step), _| {
        let step = (step * 2).min(LONGEST);
        (total + step, step)
    });
    let beyond = u64::from(done.saturating_sub(DOUBLINGS)) * LONGEST;
    Duration::from_secs(doubled.0 + beyond)
}

/// How long after the hand-out the next reminder is, after `done` of them.
pub(super) fn reminder(is_on_the_line: bool, done: u32) -> Duration {
    if is_on_the_line {
        return Duration::from_secs(ON_THE_LINE * (u64::from(done) + 1));
    }
    back_off(AT_HANDED_OUT, done)
}

/// How many reminders are over when `passed` is since the hand-out.
pub(super) fn reminders_by(is_on_the_line: bool, passed: Duration) -> u32 {
    if is_on_the_line {
        return u32::try_from(passed.as_secs() / ON_THE_LINE).unwrap_or(u32::MAX);
    }
    done_by(AT_HANDED_OUT, passed)
}

/// How many looks are over when `passed` is: the next one lies ahead, and what a long stop has missed is not made up for.
pub(super) fn done_by(first: u64, passed: Duration) -> u32 {
    let ahead = |done: &u32| back_off(first, *done) > passed;
    (0..=DOUBLINGS).find(ahead).unwrap_or_else(|| {
        let beyond = passed.saturating_sub(back_off(first, DOUBLINGS)).as_secs() / LONGEST;
        let beyond = u32::try_from(beyond).unwrap_or(u32::MAX);
        beyond.saturating_add(DOUBLINGS + 1)
    })
}
