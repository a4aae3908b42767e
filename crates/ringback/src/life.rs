//! The life of a process: signals, tasks, and an end within a bounded time.

use std::process::ExitCode;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How long everything may take after the first signal.
const GRACE: Duration = Duration::from_secs(30);

/// The tasks of a process.
pub struct Life {
    /// Called when the process shall end.
    pub stop: CancellationToken,
    tasks: JoinSet<&'static str>,
}

impl Life {
    pub fn new() -> Self {
        Self {
            stop: CancellationToken::new(),
            tasks: JoinSet::new(),
        }
    }

    /// Runs a part of the process that is not expected to end before the stop.
    pub fn run(&mut self, name: &'static str, part: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(async move {
            part.await;
            name
        });
    }

    /// Until a signal comes or a part ends on its own account, which is a failure; then until all parts have ended.
    pub async fn until_the_end(mut self) -> anyhow::Result<ExitCode> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let fell = tokio::select! {
            _ = terminate.recv() => None,
            _ = interrupt.recv() => None,
            () = self.stop.cancelled() => None,
            ended = self.tasks.join_next() => ended,
        };
        let code = if let Some(ended) = fell {
            let part = ended.unwrap_or("a part that panicked");
            tracing::error!(part, "a part of this process has ended, ending the others");
            ExitCode::FAILURE
        } else {
            tracing::info!("ending");
            ExitCode::SUCCESS
        };
        self.stop.cancel();
        let ended = async { while self.tasks.join_next().await.is_some() {} };
        tokio::select! {
            () = ended => Ok(code),
            () = tokio::time::sleep(GRACE) => {
                tracing::error!("not everything ended in time");
                Ok(ExitCode::FAILURE)
            }
            _ = terminate.recv() => Ok(ExitCode::FAILURE),
            _ = interrupt.recv() => Ok(ExitCode::FAILURE),
        }
    }
}
