//! `ringback report …`

use std::process::ExitCode;

use reqwest::Method;
use serde_json::Value;

use super::client::Api;
use crate::args::{
    Client, FileForm, ReportCallbacks, ReportCommand, ReportForm, ReportRecords, Reported,
};
use crate::print;

pub async fn run(client: Client, command: ReportCommand) -> anyhow::Result<ExitCode> {
    let api = Api::new(client)?;
    match command {
        ReportCommand::Callbacks(asked) => callbacks(&api, asked).await?,
        ReportCommand::Records(asked) => records(&api, asked).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn callbacks(api: &Api, asked: ReportCallbacks) -> anyhow::Result<()> {
    let further = [
        ("interval", asked.interval.as_deref()),
        ("timezone", asked.timezone.as_deref()),
    ];
    let query = query(&asked.reported, &further);
    let path = ["v1", "reports", "callbacks"];
    // Not by a call, which may last only so long.
    let answer = api.stream(Method::GET, &path, &query, None).await?;
    let answer = answer.bytes().await?;
    match asked.format {
        ReportForm::Table => print::report(&serde_json::from_slice::<Value>(&answer)?),
        ReportForm::Json => {
            print::bytes(&answer)?;
            print::line("");
        }
    }
    Ok(())
}

async fn records(api: &Api, asked: ReportRecords) -> anyhow::Result<()> {
    let format = match asked.format {
        FileForm::Csv => "csv",
        FileForm::Ndjson => "ndjson",
    };
    let further = [
        ("format", Some(format)),
        ("columns", asked.columns.as_deref()),
    ];
    let query = query(&asked.reported, &further);
    let path = ["v1", "reports", "records"];
    let mut rows = api.stream(Method::GET, &path, &query, None).await?;
    while let Some(piece) = rows.chunk().await? {
        print::bytes(&piece)?;
    }
    Ok(())
}

fn query<'a>(
    reported: &'a Reported,
    further: &[(&'a str, Option<&'a str>)],
) -> Vec<(&'a str, &'a str)> {
    let which = [
        ("service", reported.service.as_deref()),
        ("from", reported.from.as_deref()),
        ("to", reported.to.as_deref()),
    ];
    let all = which.iter().chain(further);
    all.filter_map(|(name, value)| Some((*name, (*value)?)))
        .collect()
}
