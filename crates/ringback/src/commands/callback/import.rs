//! `ringback callback import`

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use indicatif::ProgressBar;
use reqwest::{Body, Method, Response};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::args::ImportFile;
use crate::commands::client::Api;
use crate::print::{self, line};

/// What became of the lines so far.
struct Tally {
    bar: ProgressBar,
    requested: u64,
    known: u64,
    skipped: u64,
    refused: u64,
    last: u64,
}

pub async fn run(api: &Api, asked: ImportFile) -> anyhow::Result<ExitCode> {
    let shown = asked.file.display();
    let mut kind = kind_of(&asked.file)?.to_owned();
    if let Some(encoding) = &asked.encoding {
        kind = format!("{kind}; charset={encoding}");
    }
    let (lines, digest) = look(&asked.file).with_context(|| format!("{shown} cannot be read"))?;
    let run = asked
        .run
        .clone()
        .unwrap_or_else(|| named(&asked.file, &digest));
    let mut query = vec![("run", run.as_str())];
    query.extend(asked.service.as_deref().map(|service| ("service", service)));
    if let Some(service) = &asked.service {
        // Told before the file is on its way: who refuses it then would have to cut the connection.
        let path = ["v1", "services", service];
        api.call(Method::GET, &path, &[], None).await?;
    }
    let file = tokio::fs::File::open(&asked.file).await;
    let body = Body::from(file.with_context(|| format!("{shown} cannot be read"))?);
    let path = ["v1", "callbacks:import"];
    let answer = api
        .stream(Method::POST, &path, &query, Some((&kind, body)))
        .await?;
    let mut tally = Tally {
        bar: print::bar(lines, "lines"),
        requested: 0,
        known: 0,
        skipped: 0,
        refused: 0,
        last: 0,
    };
    let read = tally.read(answer).await;
    tally.bar.finish_and_clear();
    let Tally {
        requested,
        known,
        skipped,
        refused,
        last,
        ..
    } = tally;
    line(&format!(
        "{requested} requested, {known} known from before, {skipped} over and skipped, {refused} refused (run '{run}')"
    ));
    if refused > 0 {
        line(&format!(
            "to send the file again when it is mended: --run '{run}', and nobody is called twice"
        ));
    }
    read.with_context(|| {
        format!("broken off after line {last}: repeat it, nothing is requested twice")
    })?;
    Ok(if refused == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

impl Tally {
    async fn read(&mut self, mut answer: Response) -> anyhow::Result<()> {
        let mut begun = Vec::new();
        while let Some(piece) = answer.chunk().await? {
            begun.extend_from_slice(&piece);
            let Some(end) = begun.iter().rposition(|byte| *byte == b'\n') else {
                continue;
            };
            let rest = begun.split_off(end + 1);
            for row in begun
                .split(|byte| *byte == b'\n')
                .filter(|it| !it.is_empty())
            {
                self.count(&serde_json::from_slice(row)?);
            }
            begun = rest;
        }
        Ok(())
    }

    fn count(&mut self, row: &Value) {
        self.last = row.get("line").and_then(Value::as_u64).unwrap_or(self.last);
        if let Some(error) = row.get("error").and_then(Value::as_str) {
            self.refused += 1;
            let number = self.last;
            self.bar
                .suspend(|| line(&format!("line {number}: {error}")));
        } else if row.get("known") == Some(&Value::Bool(true)) {
            self.known += 1;
        } else if row.get("skipped").is_some() {
            self.skipped += 1;
        } else {
            self.requested += 1;
        }
        self.bar.set_position(self.last);
    }
}

fn kind_of(file: &Path) -> anyhow::Result<&'static str> {
    let extension = file.extension().and_then(|it| it.to_str());
    match extension.map(str::to_ascii_lowercase).as_deref() {
        Some("csv") => Ok("text/csv"),
        Some("ndjson" | "jsonl") => Ok("application/x-ndjson"),
        _ => bail!(
            "{} has no known form: allowed are .csv, .ndjson and .jsonl",
            file.display()
        ),
    }
}

/// How many lines a file has, and a digest of it.
fn look(file: &Path) -> std::io::Result<(u64, String)> {
    let mut reader = BufReader::new(std::fs::File::open(file)?);
    let (mut lines, mut digest) = (0, Sha256::new());
    loop {
        let piece = reader.fill_buf()?;
        if piece.is_empty() {
            let digest = digest.finalize();
            let digest = digest.iter().take(8).map(|byte| format!("{byte:02x}"));
            return Ok((lines, digest.collect()));
        }
        lines += piece.iter().filter(|byte| **byte == b'\n').count() as u64;
        digest.update(piece);
        let length = piece.len();
        reader.consume(length);
    }
}

/// What a repeat of this file is known by. Next week's has other content, and is none though it has the same name.
fn named(file: &Path, digest: &str) -> String {
    let name = file.file_name().and_then(|name| name.to_str());
    let name: String = name.unwrap_or_default().chars().take(40).collect();
    format!("{name}@{digest}")
}
