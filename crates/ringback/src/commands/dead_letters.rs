//! `ringback dead-letters …`

use std::process::ExitCode;

use reqwest::Method;
use serde_json::{Value, json};

use super::client::{Api, rows, text};
use crate::args::{Client, DeadLettersCommand};
use crate::print::line;

pub async fn run(client: Client, command: DeadLettersCommand) -> anyhow::Result<ExitCode> {
    let api = Api::new(client)?;
    match command {
        DeadLettersCommand::List {
            callback,
            publication,
            target,
        } => {
            let asked = [
                ("callback", callback),
                ("publication", publication),
                ("target", target),
            ];
            list(&api, &asked).await?;
        }
        DeadLettersCommand::Discard {
            callback,
            publication,
            sequence,
            target,
        } => {
            let asked = [
                ("callback", callback),
                ("publication", publication),
                ("sequence", sequence.map(|sequence| sequence.to_string())),
                ("target", target),
            ];
            let discarded = discard(&api, &asked).await?;
            line(&format!("{discarded} dead letters discarded"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What a dead letter is about.
fn about(letter: &Value) -> &'static str {
    if letter.get("publication").is_some() {
        "publication"
    } else {
        "callback"
    }
}

fn query<'a>(asked: &'a [(&'a str, Option<String>)]) -> Vec<(&'a str, &'a str)> {
    let given = asked.iter();
    given
        .filter_map(|(key, value)| Some((*key, value.as_deref()?)))
        .collect()
}

async fn list(api: &Api, asked: &[(&str, Option<String>)]) -> anyhow::Result<()> {
    let mut after: Option<String> = None;
    loop {
        let mut query = query(asked);
        query.extend(after.as_deref().map(|after| ("after", after)));
        let page = api
            .call(Method::GET, &["v1", "dead-letters"], &query, None)
            .await?;
        api.show_rows(&json!(rows(&page, "dead_letters")), |letter| {
            line(&format!(
                "{}  #{:<3} {:34} {}  {}",
                text(letter, about(letter)),
                text(letter, "sequence"),
                text(letter, "event_id"),
                text(letter, "target"),
                text(letter, "reason")
            ));
        });
        match page.get("next").and_then(Value::as_str) {
            Some(next) => after = Some(next.to_owned()),
            None => return Ok(()),
        }
    }
}

/// A call settles a bounded number of them.
async fn discard(api: &Api, asked: &[(&str, Option<String>)]) -> anyhow::Result<u64> {
    let mut letters = 0;
    loop {
        let path = ["v1", "dead-letters"];
        let done = api.call(Method::DELETE, &path, &query(asked), None).await?;
        letters += done.get("letters").and_then(Value::as_u64).unwrap_or(0);
        if done.get("more") != Some(&Value::Bool(true)) {
            return Ok(letters);
        }
    }
}
