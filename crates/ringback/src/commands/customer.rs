//! `ringback customer …`

use std::process::ExitCode;

use anyhow::bail;
use reqwest::Method;
use serde_json::{Value, json};

use super::client::{Api, rows, text};
use crate::args::{Client, CustomerCommand};
use crate::print::{self, line};

pub async fn run(client: Client, command: CustomerCommand) -> anyhow::Result<ExitCode> {
    let api = Api::new(client)?;
    match command {
        CustomerCommand::Show { number } => {
            let found = all(&api, &number).await?;
            api.show(&json!(found), |_| print::records(&json!(found)));
            if found.is_empty() && !api.json {
                line("no callback of this number is kept");
            }
        }
        CustomerCommand::Erase { number, yes } => {
            if !yes {
                bail!(
                    "this erases every record of the number, calls that are still to be made too: repeat it with --yes"
                );
            }
            let path = ["v1", "customers", &number];
            let erased = api.call(Method::DELETE, &path, &[], None).await?;
            api.show(&erased, |erased| {
                line(&format!("{} callbacks erased", text(erased, "erased")));
            });
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Every page of a number's callbacks.
async fn all(api: &Api, number: &str) -> anyhow::Result<Vec<Value>> {
    let (mut found, mut after) = (Vec::new(), None::<String>);
    loop {
        let mut query = vec![("number", number)];
        query.extend(after.as_deref().map(|after| ("after", after)));
        let page = api
            .call(Method::GET, &["v1", "callbacks"], &query, None)
            .await?;
        found.extend(rows(&page, "callbacks").iter().cloned());
        match page.get("next").and_then(Value::as_str) {
            Some(next) => after = Some(next.to_owned()),
            None => return Ok(found),
        }
    }
}
