//! `ringback deliveries …`

use std::process::ExitCode;

use reqwest::Method;
use serde_json::{Map, Value, json};

use super::client::{Api, rows};
use crate::args::{Client, DeliveriesCommand};
use crate::print::line;

pub async fn run(client: Client, command: DeliveriesCommand) -> anyhow::Result<ExitCode> {
    let api = Api::new(client)?;
    match command {
        DeliveriesCommand::List {
            callback,
            publication,
            target,
            status,
        } => {
            let asked = [
                ("callback", callback),
                ("publication", publication),
                ("target", target),
                ("status", status),
            ];
            list(&api, &asked).await?;
        }
        DeliveriesCommand::Replay {
            callback,
            publication,
            sequence,
            target,
        } => {
            let mut chosen = Map::new();
            let asked = [
                ("callback", callback.map(Value::from)),
                ("publication", publication.map(Value::from)),
                ("target", target.map(Value::from)),
            ];
            let asked = asked
                .into_iter()
                .chain([("sequence", sequence.map(Value::from))]);
            chosen.extend(asked.filter_map(|(key, value)| Some((key.to_owned(), value?))));
            let letters = replay(&api, &json!(chosen)).await?;
            line(&format!("{letters} notifications are delivered again"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(api: &Api, asked: &[(&str, Option<String>)]) -> anyhow::Result<()> {
    let asked: Vec<_> = asked
        .iter()
        .filter_map(|(key, value)| Some((*key, value.as_deref()?)))
        .collect();
    let mut after: Option<String> = None;
    loop {
        let mut query = asked.clone();
        query.extend(after.as_deref().map(|after| ("after", after)));
        let page = api
            .call(Method::GET, &["v1", "deliveries"], &query, None)
            .await?;
        api.show_rows(&json!(rows(&page, "deliveries")), show);
        match page.get("next").and_then(Value::as_str) {
            Some(next) => after = Some(next.to_owned()),
            None => return Ok(()),
        }
    }
}

fn show(delivery: &Value) {
    let text = |value: &Value, key: &str| {
        value
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let number =
        |value: &Value, key: &str| value.get(key).and_then(Value::as_u64).unwrap_or_default();
    let (callback, target, state) = (
        text(delivery, "callback") + &text(delivery, "publication"),
        text(delivery, "target"),
        text(delivery, "state"),
    );
    line(&format!(
        "{callback}  {state:10} {} told  {target}",
        number(delivery, "told")
    ));
    for attempt in rows(delivery, "attempts") {
        let result = attempt
            .get("result")
            .map(|it| it.as_str().map_or_else(|| it.to_string(), str::to_owned));
        let (time, took) = (text(attempt, "time"), number(attempt, "duration_ms"));
        let sequence = number(attempt, "sequence");
        line(&format!(
            "    {time}  #{sequence:<3} {} ({took} ms)",
            result.unwrap_or_default()
        ));
    }
    for letter in rows(delivery, "dead_letters") {
        let (sequence, event) = (number(letter, "sequence"), text(letter, "event_id"));
        line(&format!(
            "    dead  #{sequence:<3} {event}: {}",
            text(letter, "reason")
        ));
    }
}

/// A call settles a bounded number of them.
async fn replay(api: &Api, chosen: &Value) -> anyhow::Result<u64> {
    let mut letters = 0;
    loop {
        let done = api
            .call(
                Method::POST,
                &["v1", "deliveries:replay"],
                &[],
                Some(chosen),
            )
            .await?;
        letters += done.get("letters").and_then(Value::as_u64).unwrap_or(0);
        if done.get("more") != Some(&Value::Bool(true)) {
            return Ok(letters);
        }
    }
}
