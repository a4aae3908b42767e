//! A commit as a call of its script, whose head says what is expected.

use redis::Cmd;
use ringback_core::key::{Key, Shard};
use ringback_core::time::Timestamp;
use ringback_ports::store::{Change, Commit, MAX_SCORE, Put};

use super::least;
use super::names::Names;
use super::script::Call;

/// What the names and small arguments of one change take, about.
const SMALL: usize = 320;

pub(super) fn command(call: Call<'_>, names: &Names, shard: Shard, commit: &Commit) -> Cmd {
    let changes = &commit.changes;
    let limits = &commit.limits;
    let documents = changes.iter().map(|change| 1 + indexes(change));
    let keys = 2 + limits.len() + documents.sum::<usize>();
    let changing = changes.iter().map(arguments).sum::<usize>();
    let limiting = limits.iter().map(|limit| 2 + 2 * limit.scores.len());
    let arguments = 3 + changing + limiting.sum::<usize>();
    let room = changes.iter().map(bytes).sum::<usize>() + SMALL * limits.len();
    let mut command = call.with_room(keys, arguments, room);
    command.arg(names.alarms(shard)).arg(names.claims(shard));
    for change in changes {
        write_keys(&mut command, names, shard, change);
    }
    for limit in limits {
        command.arg(names.index(shard, &limit.index));
    }
    let token = commit.token.to_be_bytes();
    command.arg(if commit.token == 0 {
        &[][..]
    } else {
        &token[..]
    });
    command.arg(changing).arg(u8::from(commit.is_new_work));
    for change in changes {
        match change {
            Change::Put(put) => write_put(&mut command, put, commit.token),
            Change::Delete {
                key,
                version,
                indexes,
            } => {
                write_start(
                    &mut command,
                    "delete",
                    *version,
                    key,
                    None,
                    [0, indexes.len()],
                );
            }
            Change::Wake { key, at } => {
                write_start(&mut command, "wake", 0, key, Some(*at), [0, 0])
            }
        }
    }
    for limit in limits {
        command.arg(limit.most).arg(limit.scores.len());
        for scores in &limit.scores {
            command.arg(least(scores.start)).arg(least(scores.end));
        }
    }
    command
}

fn write_keys(command: &mut Cmd, names: &Names, shard: Shard, change: &Change) {
    command.arg(names.document(shard, change.key()));
    match change {
        Change::Put(put) => {
            for (index, _) in &put.indexes {
                command.arg(names.index(shard, index));
            }
        }
        Change::Delete { indexes, .. } => {
            for index in indexes {
                command.arg(names.index(shard, index));
            }
        }
        Change::Wake { .. } => {}
    }
}

fn write_put(command: &mut Cmd, put: &Put, token: u64) {
    let counts = [put.log.len(), put.indexes.len()];
    write_start(command, "put", put.version, &put.key, put.alarm, counts);
    let [version, token] = [put.version.saturating_add(1), token].map(u64::to_be_bytes);
    command.arg(&[version, token].concat()[..]);
    command.arg(&put.body[..]);
    for entry in &put.log {
        command.arg(&entry[..]);
    }
    for (_, score) in &put.indexes {
        match score {
            Some(score) => command.arg(*score),
            None => command.arg(""),
        };
    }
}

fn write_start(
    command: &mut Cmd,
    verb: &str,
    version: u64,
    key: &Key,
    alarm: Option<Timestamp>,
    counts: [usize; 2],
) {
    command.arg(verb);
    match version {
        0 => command.arg(""),
        version => command.arg(&version.to_be_bytes()[..]),
    };
    command.arg(key.to_string());
    match alarm {
        Some(at) => command.arg(at.as_millis().clamp(-MAX_SCORE, MAX_SCORE)),
        None => command.arg(""),
    };
    command.arg(counts[0]).arg(counts[1]);
}

fn indexes(change: &Change) -> usize {
    match change {
        Change::Put(put) => put.indexes.len(),
        Change::Delete { indexes, .. } => indexes.len(),
        Change::Wake { .. } => 0,
    }
}

fn arguments(change: &Change) -> usize {
    match change {
        Change::Put(put) => 8 + put.log.len() + put.indexes.len(),
        Change::Delete { .. } | Change::Wake { .. } => 6,
    }
}

fn bytes(change: &Change) -> usize {
    let texts = match change {
        Change::Put(put) => put.body.len() + put.log.iter().map(Vec::len).sum::<usize>(),
        Change::Delete { .. } | Change::Wake { .. } => 0,
    };
    texts + SMALL + 64 * indexes(change)
}
