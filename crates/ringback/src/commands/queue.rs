//! `ringback queue …`

use std::process::ExitCode;

use serde_json::Value;

use super::client::{Api, rows, text};
use crate::args::{Client, QueueCommand};
use crate::print::{self, line};

pub async fn run(client: Client, command: QueueCommand) -> anyhow::Result<ExitCode> {
    let api = Api::new(client)?;
    match command {
        QueueCommand::List => {
            let queues = api.get(&["v1", "queues"]).await?;
            api.show_rows(&queues, row);
        }
        QueueCommand::Show { queue } => {
            let queue = api.get(&["v1", "queues", &queue]).await?;
            api.show(&queue, one);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn row(queue: &Value) {
    line(&format!(
        "{:24} estimated wait {} s",
        text(queue, "name"),
        text(queue, "ewt")
    ));
}

fn one(queue: &Value) {
    for (key, value) in queue.as_object().into_iter().flatten() {
        if key != "order" {
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            line(&format!("{key:20} {value}"));
        }
    }
    for waiting in rows(queue, "order") {
        line(&format!(
            "  {:>4}  {} {:20} priority {:>4}  since {}",
            text(waiting, "position"),
            text(waiting, "_id"),
            text(waiting, "_service_name"),
            text(waiting, "priority"),
            print::time(&text(waiting, "since"))
        ));
    }
}
