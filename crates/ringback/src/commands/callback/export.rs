//! `ringback callback export`

use reqwest::Method;

use crate::args::{ExportFile, FileForm};
use crate::commands::client::Api;
use crate::print;

pub async fn run(api: &Api, file: ExportFile) -> anyhow::Result<()> {
    let format = match file.format {
        FileForm::Csv => "csv",
        FileForm::Ndjson => "ndjson",
    };
    let asked = [
        ("format", Some(format)),
        ("service", file.service.as_deref()),
        ("state", file.state.as_deref()),
        ("reason", file.reason.as_deref()),
        ("number", file.number.as_deref()),
        ("from", file.from.as_deref()),
        ("to", file.to.as_deref()),
        ("columns", file.columns.as_deref()),
    ];
    let asked = asked.map(|(name, value)| value.map(|value| (name, value)));
    let asked: Vec<_> = asked.into_iter().flatten().collect();
    let path = ["v1", "callbacks:export"];
    let mut rows = api.stream(Method::GET, &path, &asked, None).await?;
    while let Some(piece) = rows.chunk().await? {
        print::bytes(&piece)?;
    }
    Ok(())
}
