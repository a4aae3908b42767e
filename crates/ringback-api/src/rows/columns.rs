//! Columns of a file: those that no row has are an error, not an empty column.

use ringback_core::record::{RECORD_KEYS, own_key};
use ringback_core::reporting::KEYS;
use ringback_ports::desk::{CallbackQuery, Refusal};
use serde_json::{Map, Value};

use super::{Page, Rows};
use crate::filter::{invalid, short};

/// How many rows are looked through for columns that are keys of user data.
const LOOKED_THROUGH: usize = 5000;

/// What can be named whatever the callbacks have said.
#[derive(Clone, Copy)]
pub enum Own {
    /// Keys of records.
    Record,
    /// Keys that are reported.
    Reported,
}

impl Own {
    fn has(self, column: &str) -> bool {
        match self {
            Self::Record => RECORD_KEYS.contains(&own_key(column)),
            Self::Reported => is_result(column) || KEYS.iter().any(|key| key.name == column),
        }
    }

    fn names(self) -> Vec<&'static str> {
        match self {
            Self::Record => RECORD_KEYS.to_vec(),
            Self::Reported => KEYS.iter().map(|key| key.name).collect(),
        }
    }
}

/// Whether every column is one of its own or a key of user data that one of the first rows has. Of no rows, none is wrong.
pub async fn check<R: Rows>(
    of: &R,
    query: &CallbackQuery,
    columns: &[String],
    first: &Page,
) -> Result<(), Refusal> {
    let mut unseen: Vec<_> = columns.iter().filter(|it| !of.own().has(it)).collect();
    let (mut looked_at, mut next) = (first.rows.len(), first.next.clone());
    drop_seen(&mut unseen, &first.rows);
    while !unseen.is_empty() && looked_at < LOOKED_THROUGH {
        let Some(after) = next.take() else {
            break;
        };
        let after = Some(after);
        let query = query.clone();
        let page = of.page(CallbackQuery { after, ..query }).await?;
        looked_at += page.rows.len();
        drop_seen(&mut unseen, &page.rows);
        next = page.next;
    }
    match unseen.first() {
        Some(column) if looked_at > 0 => {
            let (column, own) = (short(column), of.own().names().join(", "));
            let message = format!(
                "column '{column}' is in none of {looked_at} rows: must be one of {own}, or a key of user data that one of \
                 the first {LOOKED_THROUGH} has"
            );
            Err(invalid(message))
        }
        Some(_) | None => Ok(()),
    }
}

fn drop_seen(unseen: &mut Vec<&String>, rows: &[Map<String, Value>]) {
    unseen.retain(|column| !rows.iter().any(|row| row.contains_key(column.as_str())));
}

/// `_CB_DIAL_2_RESULT` and so on.
fn is_result(column: &str) -> bool {
    let number = column.strip_prefix("_CB_DIAL_");
    let number = number.and_then(|rest| rest.strip_suffix("_RESULT"));
    number.is_some_and(|number| number.parse::<u32>().is_ok_and(|number| number > 0))
}
