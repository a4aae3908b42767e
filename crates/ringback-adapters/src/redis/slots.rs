//! Which slot of a cluster a shard is in, and which server has which slots.

use redis::{RedisError, Value};
use ringback_core::key::Shard;

/// The slot of all keys of `shard`: the number of the shard is their hash tag.
pub(super) fn slot(shard: Shard) -> u16 {
    crc16(shard.to_string().as_bytes()) % 16384
}

/// Slots and the server that takes writes to them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) first: u16,
    pub(super) last: u16,
    /// Empty when it is the host that was asked.
    pub(super) host: String,
    pub(super) port: u16,
}

/// Reads the answer to `CLUSTER SLOTS`. Ranges without a server are left out.
pub(super) fn ranges(answer: Value) -> Result<Vec<Range>, RedisError> {
    let ranges: Vec<Vec<Value>> = redis::from_redis_value(answer)?;
    let mut found = Vec::with_capacity(ranges.len());
    for range in ranges {
        let [first, last, primary, ..] = &range[..] else {
            continue;
        };
        let primary: Vec<Value> = redis::from_redis_value_ref(primary)?;
        let [host, port, ..] = &primary[..] else {
            continue;
        };
        found.push(Range {
            first: redis::from_redis_value_ref(first)?,
            last: redis::from_redis_value_ref(last)?,
            host: redis::from_redis_value_ref::<Option<String>>(host)?.unwrap_or_default(),
            port: redis::from_redis_value_ref(port)?,
        });
    }
    Ok(found)
}

/// CRC-16/XMODEM, as the cluster specification has it.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc, _| {
            if crc & 0x8000 == 0 {
                crc << 1
            } else {
                (crc << 1) ^ 0x1021
            }
        })
    })
}

#[cfg(test)]
mod tests {
    use ringback_core::key::Shards;

    use super::*;

    #[test]
    fn slots_are_those_of_the_specification() {
        assert_eq!(crc16(b"123456789"), 0x31c3);
        let slots: Vec<u16> = Shards::new(3).unwrap().all().map(slot).collect();
        assert_eq!(
            slots,
            [13254, 9191, 4996],
            "as CLUSTER KEYSLOT says of 00, 01 and 02"
        );
    }

    #[test]
    fn reads_ranges() {
        let text = |text: &str| Value::BulkString(text.as_bytes().to_vec());
        let node = |host: Value| Value::Array(vec![host, Value::Int(7001), text("id")]);
        let range = |node| Value::Array(vec![Value::Int(0), Value::Int(99), node]);
        let answer = vec![
            range(node(text("a"))),
            range(node(Value::Nil)),
            Value::Array(vec![Value::Int(100), Value::Int(199)]),
        ];
        let expected = ["a", ""].map(|host| Range {
            first: 0,
            last: 99,
            host: host.to_owned(),
            port: 7001,
        });
        assert_eq!(ranges(Value::Array(answer)).unwrap(), expected);
        let nonsense = Value::Array(vec![text("a"), text("b"), node(text("c"))]);
        assert!(ranges(Value::Array(vec![nonsense])).is_err());
    }
}
