//! `ringback service …`

use std::process::ExitCode;

use reqwest::Method;
use serde_json::Value;

use super::client::Api;
use crate::args::{Client, ServiceCommand};
use crate::print::{self, line};

pub async fn run(client: Client, command: ServiceCommand) -> anyhow::Result<ExitCode> {
    let api = Api::new(client)?;
    match command {
        ServiceCommand::List => {
            let services = api
                .call(Method::GET, &["v1", "services"], &[], None)
                .await?;
            for service in services.as_array().into_iter().flatten() {
                let text = |key| service.get(key).and_then(Value::as_str).unwrap_or_default();
                line(&format!("{:24} {}", text("name"), text("template")));
            }
        }
        ServiceCommand::Show { service } => {
            let path = ["v1", "services", &service];
            print::service(&api.call(Method::GET, &path, &[], None).await?);
        }
    }
    Ok(ExitCode::SUCCESS)
}
