//! `ringback audit …`

use std::process::ExitCode;

use reqwest::Method;
use serde_json::Value;

use super::client::Api;
use crate::args::{AuditCommand, AuditList, Client};
use crate::print;

/// How many entries are asked for at a time.
const PAGE: u64 = 100;

pub async fn run(client: Client, command: AuditCommand) -> anyhow::Result<ExitCode> {
    let api = Api::new(client)?;
    match command {
        AuditCommand::List(asked) => list(&api, asked).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(api: &Api, asked: AuditList) -> anyhow::Result<()> {
    let given = [
        ("object", asked.object.as_deref()),
        ("who", asked.who.as_deref()),
        ("from", asked.from.as_deref()),
        ("to", asked.to.as_deref()),
    ];
    let given = given.into_iter();
    let given: Vec<_> = given
        .filter_map(|(key, value)| Some((key, value?)))
        .collect();
    let (mut left, mut after) = (asked.most, None::<String>);
    while left > 0 {
        let limit = left.min(PAGE).to_string();
        let mut query = given.clone();
        query.push(("limit", &limit));
        query.extend(after.as_deref().map(|after| ("after", after)));
        let page = api
            .call(Method::GET, &["v1", "audit"], &query, None)
            .await?;
        let entries = page.get("entries").and_then(Value::as_array);
        for entry in entries.into_iter().flatten() {
            api.show(entry, print::audit);
            left = left.saturating_sub(1);
        }
        match page.get("next").and_then(Value::as_str) {
            Some(next) => after = Some(next.to_owned()),
            None => return Ok(()),
        }
    }
    Ok(())
}
