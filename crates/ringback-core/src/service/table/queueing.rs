//! Options of the queue.

use super::{NAME, OptionSpec, SECONDS, SECONDS_OR_NONE, TEXT, YEAR};
use crate::service::options::{ListedTarget, Options};
use crate::service::parse::{count, name, seconds, small, text};

/// The most targets of a list, and thresholds.
const MOST: usize = 32;
const PRIORITY: &str = "a number from 0 to 1000000";

pub(super) const ROWS: &[OptionSpec] = &[
    OptionSpec {
        name: "_target",
        meaning: "Who takes the call: a group, an agent or a queue, or a list of them that widens with time.",
        default: "",
        allowed: "name@server.GA, .GP, .A or .Q, or a list [{\"target\": …, \"timeout\": seconds, \"clear\": …}]",
        set: set_target,
    },
    option!("_urs_virtual_queue", "", TEXT,
        "The virtual queue that the callback waits in.",
        v => virtual_queue = text(v)),
    option!("_urs_queued_ttl", "14400", SECONDS,
        "How long a callback may wait for an agent, in seconds, before it ends with FAIL_QUEUEING.",
        v => queued_ttl = seconds(v, 1, YEAR)),
    option!("_cannot_dial_buffer_time", "0", SECONDS_OR_NONE,
        "How much earlier than needed a call that cannot be dialed at once is prepared, in seconds.",
        v => queueing.cannot_dial_buffer = seconds(v, 0, YEAR)),
    option!("_min_queue_wait", "0", SECONDS_OR_NONE,
        "The shortest wait in the queue, in seconds; 0: none.",
        v => queueing.min_wait = seconds(v, 0, YEAR)),
    option!("_max_queue_wait", "0", SECONDS_OR_NONE,
        "The longest wait in the queue, in seconds; 0: _urs_queued_ttl alone.",
        v => queueing.max_wait = seconds(v, 0, YEAR)),
    option!("_eta_pos_threshold", "0:10,10:5,20:2,30:1,40:0",
        "up to 32 seconds:position, comma-separated, seconds growing",
        "Below which estimated wait, at which position, an agent counts as about to be free (pairs of seconds:position).",
        v => queueing.eta_positions = thresholds(v)),
    option!("_urs_ewt_estimation_method", "", NAME,
        "How the estimated wait is made; empty: Ringback's own estimate.",
        v => queueing.ewt_method = name(v)),
    option!("_urs_vq_priority", "0", PRIORITY,
        "The priority that a callback enters its queue with; the higher is served first.",
        v => queueing.aging.priority = small(v, 0, 1_000_000)),
    option!("_urs_vq_priority_increment", "0", PRIORITY,
        "By how much the priority grows with every interval waited.",
        v => queueing.aging.increment = small(v, 0, 1_000_000)),
    option!("_urs_vq_priority_increment_interval", "60", SECONDS,
        "The interval after which the priority grows, in seconds.",
        v => queueing.aging.interval = seconds(v, 1, YEAR)),
    option!("_agent_reserve_timeout", "30", "seconds from 1 to 3600",
        "How long an agent is kept reserved for a call that is being dialed, in seconds.",
        v => agent_reserve_timeout = seconds(v, 1, 3600)),
];

/// One target, or a list of them.
fn set_target(options: &mut Options, value: &str) -> Option<()> {
    let (first, list) = if value.starts_with('[') {
        let list: Vec<ListedTarget> = serde_json::from_str(text(value)?.as_str()).ok()?;
        if !(1..=MOST).contains(&list.len()) {
            return None;
        }
        (list.first().map(|it| it.target.clone()), list)
    } else if value.is_empty() {
        (None, Vec::new())
    } else {
        (Some(value.parse().ok()?), Vec::new())
    };
    options.target = first;
    options.queueing.targets = list;
    Some(())
}

fn thresholds(text: &str) -> Option<Vec<(u64, u64)>> {
    let read = |pair: &str| {
        let (seconds, position) = pair.split_once(':')?;
        let bounded = |text: &str| count(text.trim(), 0, 1_000_000);
        Some((bounded(seconds)?, bounded(position)?))
    };
    let pairs: Vec<_> = text.split(',').map(read).collect::<Option<_>>()?;
    let growing = pairs.is_sorted_by(|one, next| one.0 < next.0);
    (growing && pairs.len() <= MOST).then_some(pairs)
}
