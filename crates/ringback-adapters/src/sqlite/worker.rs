//! A thread with a connection of its own.

use std::thread::JoinHandle;

use ringback_ports::store::StoreError;
use rusqlite::{Connection, ErrorCode, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

/// Jobs that wait for one thread, before those who ask wait themselves.
const QUEUE: usize = 1024;

/// Writes that share one transaction at most.
const GROUP: usize = 256;

/// Does jobs one after another. Dropping it waits until the thread has done what was asked and closed its connection.
pub(super) struct Worker {
    queue: Option<mpsc::Sender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    pub(super) fn start(
        name: &str,
        connection: Connection,
        serve: fn(Connection, mpsc::Receiver<Box<dyn Job>>),
    ) -> Result<Self, std::io::Error> {
        let (sender, receiver) = mpsc::channel(QUEUE);
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || serve(connection, receiver))?;
        Ok(Self {
            queue: Some(sender),
            thread: Some(thread),
        })
    }

    /// What `query` finds or did; a write is on disk by then.
    pub(super) async fn ask<T, F>(&self, query: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> Result<T, rusqlite::Error> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job = Box::new(Query {
            query,
            found: None,
            answer,
        });
        let queue = self.queue.as_ref().ok_or_else(ended)?;
        queue.send(job).await.map_err(|_| ended())?;
        let answer: Result<T, rusqlite::Error> = answered.await.map_err(|_| ended())?;
        answer.map_err(failed)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("a thread of the store had panicked");
        }
    }
}

/// Something to do with a connection, and somebody who waits for it.
pub(super) trait Job: Send {
    fn run(&mut self, connection: &Connection) -> Result<(), rusqlite::Error>;

    /// Answers with what was found or what went wrong.
    fn settle(self: Box<Self>, done: Result<(), rusqlite::Error>);
}

struct Query<T, F> {
    query: F,
    found: Option<T>,
    answer: oneshot::Sender<Result<T, rusqlite::Error>>,
}

impl<T, F> Job for Query<T, F>
where
    T: Send,
    F: Fn(&Connection) -> Result<T, rusqlite::Error> + Send,
{
    fn run(&mut self, connection: &Connection) -> Result<(), rusqlite::Error> {
        self.found = Some((self.query)(connection)?);
        Ok(())
    }

    fn settle(self: Box<Self>, done: Result<(), rusqlite::Error>) {
        let answer = match (done, self.found) {
            (Ok(()), Some(found)) => Ok(found),
            (Ok(()), None) => return,
            (Err(error), _) => Err(error),
        };
        // Nobody waits any more when the task that asked was ended.
        drop(self.answer.send(answer));
    }
}

/// Does each job by itself.
pub(super) fn serve_each(connection: Connection, mut queue: mpsc::Receiver<Box<dyn Job>>) {
    while let Some(mut job) = queue.blocking_recv() {
        let done = job.run(&connection);
        job.settle(done);
    }
}

/// Does all jobs that wait in one transaction. Jobs find each other's changes, in the order they came.
pub(super) fn serve_groups(mut connection: Connection, mut queue: mpsc::Receiver<Box<dyn Job>>) {
    let mut group = Vec::with_capacity(GROUP);
    while queue.blocking_recv_many(&mut group, GROUP) > 0 {
        if group.len() > 1 && run_group(&mut connection, &mut group).is_ok() {
            group.drain(..).for_each(|job| job.settle(Ok(())));
        }
        // One by one, so that what fails is answered to whom it concerns.
        for mut job in group.drain(..) {
            let done = run_group(&mut connection, std::slice::from_mut(&mut job));
            job.settle(done);
        }
    }
}

/// All of `group` is on disk when this is well, and nothing of it when it is not.
fn run_group(
    connection: &mut Connection,
    group: &mut [Box<dyn Job>],
) -> Result<(), rusqlite::Error> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for job in group {
        job.run(&transaction)?;
    }
    transaction.commit()
}

fn failed(error: rusqlite::Error) -> StoreError {
    let is_damaged = match error.sqlite_error_code() {
        Some(code) => matches!(code, ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase),
        None => true,
    };
    if is_damaged {
        StoreError::Unreadable(Box::new(error))
    } else {
        StoreError::Unavailable(Box::new(error))
    }
}

fn ended() -> StoreError {
    StoreError::Unavailable("the store's thread has ended".into())
}
