//! The life of a process: signals, tasks, and an end within a bounded time.

use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use ringback_workers::panics;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How long everything may take after the first signal.
const GRACE: Duration = Duration::from_secs(30);

/// The tasks of a process. Each is supervised: one that ends or panics ends the process with a failing exit code, so that
/// whoever runs it starts a whole one in its place.
pub struct Life {
    /// Called when the process shall end.
    pub stop: CancellationToken,
    /// Called when a bug has taken a part of the process away.
    fell: CancellationToken,
    tasks: JoinSet<&'static str>,
    signals: Signals,
}

/// What asks the process to end, or to read its configuration again.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
    reread: Arc<Notify>,
}

impl Signals {
    /// Until the process is to end. SIGHUP asks for that when it says that the terminal is closed; from elsewhere it asks
    /// for the configuration to be read again.
    async fn next(&mut self) {
        loop {
            tokio::select! {
                _ = self.terminate.recv() => return,
                _ = self.interrupt.recv() => return,
                _ = self.hangup.recv() => {}
            }
            if std::io::stdin().is_terminal() {
                return;
            }
            self.reread.notify_one();
        }
    }
}

impl Life {
    /// Takes signals from now on, before anything is opened: the first process of a container has none of their defaults.
    ///
    /// # Errors
    /// When the system does not let it take signals.
    pub fn new() -> anyhow::Result<Self> {
        let fell = CancellationToken::new();
        panics::end_process_by(fell.clone());
        Ok(Self {
            stop: CancellationToken::new(),
            fell,
            tasks: JoinSet::new(),
            signals: Signals {
                terminate: signal(SignalKind::terminate())?,
                interrupt: signal(SignalKind::interrupt())?,
                hangup: signal(SignalKind::hangup())?,
                reread: Arc::default(),
            },
        })
    }

    /// Told whenever the configuration is to be read again.
    pub fn reread(&self) -> Arc<Notify> {
        self.signals.reread.clone()
    }

    /// Runs a part of the process that is not expected to end before the stop.
    pub fn run(&mut self, name: &'static str, part: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(async move {
            part.await;
            name
        });
    }

    /// What `start` opens, which may wait for others as long as it likes; `None` when the process is to end before.
    ///
    /// # Errors
    /// When it cannot be opened, or a part of the process has ended meanwhile.
    pub async fn starting<T>(
        &mut self,
        start: impl Future<Output = anyhow::Result<T>>,
    ) -> anyhow::Result<Option<T>> {
        tokio::select! {
            () = self.signals.next() => self.stop.cancel(),
            () = self.stop.cancelled() => {}
            () = self.fell.cancelled() => {}
            started = start => return Ok(Some(started?)),
        }
        tracing::info!("ending before everything was there");
        Ok(None)
    }

    /// Until a signal comes or a part ends on its own account, which is a failure; then until all parts have ended.
    pub async fn until_the_end(mut self) -> anyhow::Result<ExitCode> {
        let fell = tokio::select! {
            // After the stop parts end as they should.
            biased;
            () = self.stop.cancelled() => None,
            () = self.signals.next() => None,
            () = self.fell.cancelled() => Some("a part that met a bug"),
            Some(ended) = self.tasks.join_next() => Some(ended.unwrap_or("a part that met a bug")),
        };
        let code = if let Some(part) = fell {
            tracing::error!(part, "a part of this process has ended, ending the others");
            ExitCode::FAILURE
        } else {
            tracing::info!("ending");
            ExitCode::SUCCESS
        };
        self.stop.cancel();
        let ended = async { while self.tasks.join_next().await.is_some() {} };
        tokio::select! {
            () = ended => Ok(if self.fell.is_cancelled() { ExitCode::FAILURE } else { code }),
            () = tokio::time::sleep(GRACE) => {
                tracing::error!("not everything ended in time");
                Ok(ExitCode::FAILURE)
            }
            () = self.signals.next() => Ok(ExitCode::FAILURE),
        }
    }
}
