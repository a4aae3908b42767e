//! Bugs: a panic neither vanishes nor stops its neighbours.
//!
//! What one message, alarm or request brings about runs within [`caught`]: its panic is logged, counted, and told to who
//! asked, and everything it held is released. A panic anywhere else leaves a part of the process missing that nobody
//! would miss, so it ends the process: see [`end_process_by`].

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::task::Poll;

use ringback_telemetry::Counters;
use tokio_util::sync::CancellationToken;

thread_local! {
    /// Whether what runs on this thread now is caught.
    static CAUGHT: Cell<bool> = const { Cell::new(false) };
    /// Where the last panic of this thread was.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Something met a bug and was ended.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("ended by a bug at {place}")]
pub struct Panicked {
    /// File and line, when they are known. Never the message, which may hold a number.
    pub place: String,
}

/// Runs `work` to its end or to its panic, which is logged and counted under the name of the task. On the heap: what is run
/// within others must not make them as large.
///
/// # Errors
/// When it panicked. By then all it held is dropped.
pub fn caught<T, F: Future<Output = T>>(
    counters: &Counters,
    task: &'static str,
    work: F,
) -> impl Future<Output = Result<T, Panicked>> {
    let mut work = Box::pin(work);
    async move {
        let done = poll_fn(|context| match caught_now(|| work.as_mut().poll(context)) {
            Ok(Poll::Ready(done)) => Poll::Ready(Ok(done)),
            Ok(Poll::Pending) => Poll::Pending,
            Err(panicked) => Poll::Ready(Err(panicked)),
        });
        let done = done.await;
        drop(work);
        done.inspect_err(|panicked| note(counters, task, panicked))
    }
}

/// The same for work that nobody waits for.
pub fn guarded<F: Future<Output = ()>>(
    counters: &Counters,
    task: &'static str,
    work: F,
) -> impl Future<Output = ()> {
    let work = caught(counters, task, work);
    // It is noted.
    async move { drop(work.await) }
}

/// Runs a piece of code; its panic is an error, which somebody else notes.
///
/// # Errors
/// When it panicked.
pub fn caught_now<T>(work: impl FnOnce() -> T) -> Result<T, Panicked> {
    let before = CAUGHT.replace(true);
    let done = catch_unwind(AssertUnwindSafe(work));
    CAUGHT.set(before);
    done.map_err(|_| Panicked {
        place: PLACE
            .take()
            .unwrap_or_else(|| "an unknown place".to_owned()),
    })
}

/// Logs and counts a panic.
pub fn note(counters: &Counters, task: &'static str, panicked: &Panicked) {
    counters.panics.add(task, 1);
    let place = &panicked.place;
    tracing::error!(task, place, "a task met a bug and was ended; others go on");
}

/// From now on a panic that nobody catches calls `fell`, whose listener ends the process.
pub fn end_process_by(fell: CancellationToken) {
    std::panic::set_hook(Box::new(move |panic| {
        let place = place(panic);
        if CAUGHT.get() {
            PLACE.set(Some(place));
            return;
        }
        let thread = std::thread::current();
        let thread = thread.name().unwrap_or("unnamed");
        tracing::error!(
            place,
            thread,
            "a part of this process met a bug and is missing from now on"
        );
        fell.cancel();
    }));
}

/// Its message may hold what was being read, a number or a body, unless it stands in the code as it is.
fn place(panic: &PanicHookInfo<'_>) -> String {
    let place = panic
        .location()
        .map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    match panic.payload().downcast_ref::<&'static str>() {
        Some(message) => format!("{place} ({message})"),
        None => place,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::sync::Semaphore;

    use super::*;

    #[tokio::test]
    async fn a_panic_is_told_counted_and_lets_go_of_what_it_held() {
        let counters = Counters::default();
        let places = Arc::new(Semaphore::new(1));
        let held = places.clone().acquire_owned().await.unwrap();
        let work = async {
            let held = held;
            tokio::task::yield_now().await;
            assert!(held.num_permits() > 1, "a bug");
        };
        assert!(caught(&counters, "test", work).await.is_err());
        assert_eq!(places.available_permits(), 1);
        assert_eq!(counters.panics.get("test"), 1);
        assert_eq!(caught(&counters, "test", async { 7 }).await, Ok(7));
        assert_eq!(counters.panics.get("test"), 1);
    }
}
