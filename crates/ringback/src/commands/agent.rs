//! `ringback agent …`

use std::process::ExitCode;

use reqwest::Method;
use serde_json::{Map, Value, json};

use super::client::{Api, rows, text};
use crate::args::{AgentCommand, AgentProfile, Client};
use crate::print::line;

pub async fn run(client: Client, command: AgentCommand) -> anyhow::Result<ExitCode> {
    let api = Api::new(client)?;
    match command {
        AgentCommand::List => {
            let agents = all(&api).await?;
            api.show_rows(&agents, row);
        }
        AgentCommand::Show { agent } => {
            let agent = api.get(&["v1", "agents", &agent]).await?;
            api.show(&agent, one);
        }
        AgentCommand::Ready { agent } => state(&api, &agent, "ready").await?,
        AgentCommand::NotReady { agent } => state(&api, &agent, "not_ready").await?,
        AgentCommand::State {
            agent,
            state: asked,
        } => state(&api, &agent, &asked).await?,
        AgentCommand::Set { agent, profile } => set(&api, &agent, profile).await?,
        AgentCommand::Delete { agent } => {
            api.call(Method::DELETE, &["v1", "agents", &agent], &[], None)
                .await?;
            line(&format!("agent {agent} removed"));
        }
        AgentCommand::Accept { agent, callback } => {
            preview(&api, &agent, &callback, "accept").await?;
        }
        AgentCommand::Reject { agent, callback } => {
            preview(&api, &agent, &callback, "reject").await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// However many pages they are.
async fn all(api: &Api) -> anyhow::Result<Value> {
    let (mut all, mut after) = (Vec::new(), None::<String>);
    loop {
        let query: Vec<_> = after.iter().map(|it| ("after", it.as_str())).collect();
        let (page, is_cut) = api.page(&["v1", "agents"], &query).await?;
        after = page.last().map(|last| text(last, "id"));
        all.extend(page);
        if !is_cut || after.is_none() {
            return Ok(Value::Array(all));
        }
    }
}

async fn state(api: &Api, agent: &str, state: &str) -> anyhow::Result<()> {
    let path = ["v1", "agents", agent, "state"];
    let asked = json!({ "state": state });
    let agent = api.call(Method::PUT, &path, &[], Some(&asked)).await?;
    api.show(&agent, row);
    Ok(())
}

/// What is not said stays as it is.
async fn set(api: &Api, agent: &str, profile: AgentProfile) -> anyhow::Result<()> {
    let path = ["v1", "agents", agent];
    let known = api.find(&path).await?.unwrap_or(Value::Null);
    let mut body = Map::new();
    for key in ["groups", "dn", "place", "switch", "wrap_up"] {
        if let Some(value) = known.get(key) {
            body.insert(key.to_owned(), value.clone());
        }
    }
    let groups = profile.groups.map(|groups| {
        let names = groups.split(',').map(str::trim);
        names.filter(|name| !name.is_empty()).collect::<Value>()
    });
    let said = [
        ("groups", groups),
        ("dn", profile.dn.map(Value::from)),
        ("place", profile.place.map(Value::from)),
        ("switch", profile.switch.map(Value::from)),
        ("wrap_up", profile.wrap_up.map(Value::from)),
    ];
    body.extend(
        said.into_iter()
            .filter_map(|(key, value)| Some((key.to_owned(), value?))),
    );
    let body = Value::Object(body);
    let agent = api.call(Method::PUT, &path, &[], Some(&body)).await?;
    api.show(&agent, row);
    Ok(())
}

async fn preview(api: &Api, agent: &str, callback: &str, verdict: &str) -> anyhow::Result<()> {
    let path = ["v1", "agents", agent, "preview", callback, verdict];
    api.call(Method::POST, &path, &[], None).await?;
    line(&format!("callback {callback} {verdict}ed by {agent}"));
    Ok(())
}

fn row(agent: &Value) {
    let groups = rows(agent, "groups")
        .iter()
        .map(|group| group.as_str().unwrap_or_default());
    let groups = groups.collect::<Vec<_>>().join(", ");
    line(&format!(
        "{:24} {:10} {:10} {groups}",
        text(agent, "id"),
        text(agent, "state"),
        text(agent, "dn")
    ));
}

fn one(agent: &Value) {
    for (key, value) in agent.as_object().into_iter().flatten() {
        let value = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        line(&format!("{key:20} {value}"));
    }
}
