//! Bodies that come slowly, to hold a request open: each must come within a time.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes};
use futures_util::{Stream, StreamExt};
use tokio::time::Sleep;

/// The same body, which breaks when it takes longer; and whether it has broken.
pub fn within(limit: Duration, body: Body) -> (Body, Arc<AtomicBool>) {
    let late = Arc::<AtomicBool>::default();
    let timed = Timed {
        body: body.into_data_stream(),
        limit,
        over: None,
        late: late.clone(),
    };
    (Body::from_stream(timed), late)
}

struct Timed {
    body: BodyDataStream,
    limit: Duration,
    /// Counts from the first time that it is asked for.
    over: Option<Pin<Box<Sleep>>>,
    late: Arc<AtomicBool>,
}

/// It took too long.
#[derive(Debug, thiserror::Error)]
#[error("the body did not come in time")]
struct Late;

impl Stream for Timed {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Poll::Ready(piece) = self.body.poll_next_unpin(context) {
            return Poll::Ready(piece);
        }
        let limit = self.limit;
        let over = self
            .over
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(limit)));
        ready!(over.as_mut().poll(context));
        self.late.store(true, Ordering::Relaxed);
        Poll::Ready(Some(Err(axum::Error::new(Late))))
    }
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;
    use futures_util::stream;

    use super::*;

    const LIMIT: Duration = Duration::from_secs(30);

    /// A piece at a time, with a pause before each.
    fn slowly(pause: Duration) -> Body {
        let pieces = stream::iter(0..10).then(move |_| async move {
            tokio::time::sleep(pause).await;
            Ok::<_, std::io::Error>("piece")
        });
        Body::from_stream(pieces)
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_comes_too_slowly_breaks() {
        let (body, late) = within(LIMIT, slowly(LIMIT / 20));
        assert_eq!(to_bytes(body, 1024).await.unwrap().len(), 50);
        assert!(!late.load(Ordering::Relaxed));
        let (body, late) = within(LIMIT, slowly(LIMIT / 5));
        to_bytes(body, 1024).await.unwrap_err();
        assert!(late.load(Ordering::Relaxed));
    }
}
