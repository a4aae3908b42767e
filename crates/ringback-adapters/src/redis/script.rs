//! Scripts, called by their hash and sent in full to a server that does not know them.

use redis::{Cmd, ErrorKind, RedisError, ServerErrorKind, Value};
use ringback_core::key::Shard;

use super::link::Link;

pub(super) struct Script {
    source: &'static str,
    hash: String,
}

/// How a script is called.
#[derive(Clone, Copy)]
pub(super) struct Call<'a> {
    verb: &'static str,
    script: &'a str,
}

impl Call<'_> {
    /// The beginning of a call on `keys` keys, which come next.
    pub(super) fn on_keys(self, keys: usize) -> Cmd {
        self.with_room(keys, 4, 256)
    }

    /// The same with room for what will follow.
    pub(super) fn with_room(self, keys: usize, arguments: usize, bytes: usize) -> Cmd {
        let mut command = Cmd::with_capacity(keys + arguments + 3, bytes + self.script.len() + 16);
        command.arg(self.verb).arg(self.script).arg(keys);
        command
    }
}

impl Script {
    pub(super) fn new(source: &'static str) -> Self {
        Self {
            source,
            hash: redis::Script::new(source).get_hash().to_owned(),
        }
    }

    /// Runs a script that commits on one shard, `mark` being a key of it.
    pub(super) async fn commit(
        &self,
        link: &Link,
        (shard, mark): (Shard, &str),
        command: impl Fn(Call<'_>) -> Cmd,
    ) -> Result<Value, RedisError> {
        match link.write(shard, &command(self.by_hash()), mark).await {
            Err(error) if is_unknown(&error) => {
                link.write(shard, &command(self.in_full()), mark).await
            }
            answer => answer,
        }
    }

    /// Runs the script on each of `shards`; one round trip on a single server that knows it.
    pub(super) async fn run_on_all(
        &self,
        link: &Link,
        shards: &[Shard],
        command: impl Fn(Call<'_>, Shard) -> Cmd,
    ) -> Vec<Result<Value, RedisError>> {
        let commands = |call, shards: &[Shard]| -> Vec<(Shard, Cmd)> {
            shards
                .iter()
                .map(|shard| (*shard, command(call, *shard)))
                .collect()
        };
        let mut answers = link.ask_all(&commands(self.by_hash(), shards)).await;
        let missed = |answer: &Result<Value, RedisError>| answer.as_ref().is_err_and(is_unknown);
        if answers.iter().any(missed) {
            let again = shards
                .iter()
                .zip(&answers)
                .filter(|(_, answer)| missed(answer));
            let again: Vec<Shard> = again.map(|(shard, _)| *shard).collect();
            let repeated = link.ask_all(&commands(self.in_full(), &again)).await;
            let places = answers.iter_mut().filter(|answer| missed(answer));
            for (place, answer) in places.zip(repeated) {
                *place = answer;
            }
        }
        answers
    }

    fn by_hash(&self) -> Call<'_> {
        Call {
            verb: "EVALSHA",
            script: &self.hash,
        }
    }

    fn in_full(&self) -> Call<'_> {
        Call {
            verb: "EVAL",
            script: self.source,
        }
    }
}

fn is_unknown(error: &RedisError) -> bool {
    error.kind() == ErrorKind::Server(ServerErrorKind::NoScript)
}
