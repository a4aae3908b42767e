//! What one watcher is sent.

use std::collections::VecDeque;
use std::pin::Pin;
use std::time::Duration;

use axum::response::sse::Event;
use ringback_core::frames::{Delta, Lacks};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::hub::{Look, Watcher};

/// After how much silence a watcher is shown that somebody still looks.
const BEAT: Duration = Duration::from_secs(2);
/// After so long a watcher comes back, and it is asked again whether it may watch.
const LONGEST: Duration = Duration::from_secs(300);

/// Somebody who watches.
pub struct Watching {
    watcher: Watcher,
    stopped: Pin<Box<dyn Future<Output = ()> + Send>>,
    /// The number of the change that was sent last; 0 for none.
    number: u64,
    unsent: VecDeque<Event>,
    last_sent: Instant,
    until: Instant,
    is_over: bool,
}

impl Watching {
    /// From what it has seen `last`.
    pub fn new(
        watcher: Watcher,
        last: Option<&str>,
        stopped: Pin<Box<dyn Future<Output = ()> + Send>>,
    ) -> Self {
        let now = Instant::now();
        let mut watching = Self {
            watcher,
            stopped,
            number: 0,
            unsent: VecDeque::new(),
            last_sent: now,
            until: now + LONGEST,
            is_over: false,
        };
        let look = watching.watcher.looks.borrow_and_update().clone();
        if let Some(look) = look {
            watching.number = last.and_then(|id| look.frames.number_of(id)).unwrap_or(0);
            watching.take(&look);
            if watching.unsent.is_empty() {
                watching.unsent.push_back(beat(&look));
            }
        }
        watching
    }

    /// What comes next; `None` when nothing more does.
    pub async fn next(mut self) -> Option<(Event, Self)> {
        loop {
            if let Some(event) = self.unsent.pop_front() {
                self.last_sent = Instant::now();
                return Some((event, self));
            }
            if self.is_over {
                return None;
            }
            let silent = self.last_sent + BEAT;
            tokio::select! {
                biased;
                () = &mut self.stopped => self.end("this process ends"),
                () = tokio::time::sleep_until(self.until) => self.end("come again"),
                changed = self.watcher.looks.changed() => match changed {
                    Ok(()) => {
                        let look = self.watcher.looks.borrow_and_update().clone();
                        look.iter().for_each(|look| self.take(look));
                    }
                    Err(_) => self.end("nobody looks any more"),
                },
                () = tokio::time::sleep_until(silent) => {
                    let look = self.watcher.looks.borrow().clone();
                    self.unsent.extend(look.as_ref().map(beat));
                    self.last_sent = Instant::now();
                }
            }
        }
    }

    fn take(&mut self, look: &Look) {
        let frames = &look.frames;
        match frames.since(self.number) {
            Lacks::All => {
                let data = data(look, json!({ "rows": frames.rows() }));
                let event = Event::default().event("snapshot").id(frames.id());
                self.unsent.push_back(event.data(data));
            }
            // As one: whoever is late is not told of states that have passed.
            Lacks::Since(deltas) if deltas.is_empty() => {}
            Lacks::Since(deltas) => {
                let Delta { changed, gone } = merged(deltas);
                let data = data(look, json!({ "changed": changed, "gone": gone }));
                let event = Event::default().event("delta").id(frames.id());
                self.unsent.push_back(event.data(data));
            }
        }
        self.number = frames.number();
    }

    fn end(&mut self, why: &str) {
        let data = json!({ "topic": "board", "reason": why }).to_string();
        let event = Event::default().event("end").data(data);
        self.unsent.push_back(event);
        self.is_over = true;
    }
}

fn merged(deltas: Vec<Delta>) -> Delta {
    let mut all = Delta::default();
    for delta in deltas {
        all.gone.retain(|name| !delta.changed.contains_key(name));
        delta.apply(&mut all.changed);
        all.gone.extend(delta.gone);
    }
    all
}

fn beat(look: &Look) -> Event {
    Event::default().event("beat").data(data(look, json!({})))
}

fn data(look: &Look, mut data: Value) -> String {
    data["topic"] = "board".into();
    data["at"] = look.at.to_string().into();
    data["every"] = u64::try_from(look.every.as_millis()).unwrap_or(0).into();
    data.to_string()
}
