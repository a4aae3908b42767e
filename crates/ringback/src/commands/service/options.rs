//! `ringback options`: what the table says that options are read by.

use anyhow::bail;
use ringback_core::service::{ExplainedOption, OptionSpec, explained_options};

use crate::args::OptionsForm;
use crate::print::line;

/// Explains all options, or those whose name is or contains `name`.
///
/// # Errors
/// When there is none.
pub fn run(name: Option<&str>, form: OptionsForm) -> anyhow::Result<()> {
    let wanted = |option: &ExplainedOption| match name {
        None => true,
        Some(name) => OptionSpec::find(name).map_or_else(
            || option.name.contains(name),
            |found| found.name == option.name,
        ),
    };
    let options: Vec<_> = explained_options().filter(wanted).collect();
    if options.is_empty() {
        let name = name.unwrap_or_default();
        match OptionSpec::nearest(name) {
            Some(near) => bail!("there is no option '{name}': the nearest is {near}"),
            None => bail!("there is no option '{name}': ringback options lists all"),
        }
    }
    match form {
        OptionsForm::Text => text(&options),
        OptionsForm::Json => line(&serde_json::to_string_pretty(&options)?),
        OptionsForm::Markdown => markdown(&options),
    }
    Ok(())
}

fn by_topic(options: &[ExplainedOption]) -> impl Iterator<Item = &[ExplainedOption]> {
    options.chunk_by(|one, next| one.topic == next.topic)
}

fn text(options: &[ExplainedOption]) {
    for topic in by_topic(options) {
        line(topic.first().map_or("", |it| it.topic));
        for option in topic {
            line(&format!("  {}", option.name));
            line(&format!("      {}", option.meaning));
            let default = match (option.default, option.unit) {
                ("", _) => "empty".to_owned(),
                (default, None) => default.to_owned(),
                (default, Some(unit)) => format!("{default} {unit}"),
            };
            line(&format!("      takes {}; default {default}", option.takes));
        }
    }
}

/// The page of the documentation.
fn markdown(options: &[ExplainedOption]) {
    line("# Options of a service\n");
    line(
        "Written by `ringback options --format markdown` from the table that options are read by; `GET /v1/options` answers",
    );
    line(
        "with the same. A request may set what the service names in `_overwritable_options`; `$name$` in a value is filled",
    );
    line("from the request's parameters.");
    for topic in by_topic(options) {
        line(&format!(
            "\n## {}\n",
            topic.first().map_or("", |it| it.topic)
        ));
        line("| option | default | takes | what it does |");
        line("|---|---|---|---|");
        for option in topic {
            let cell = |text: &str| text.replace('|', "\\|");
            let default = match (option.default, option.unit) {
                ("", _) => String::new(),
                (default, None) => format!("`{}`", cell(default)),
                (default, Some(unit)) => format!("`{default}` {unit}"),
            };
            line(&format!(
                "| `{}` | {default} | {} | {} |",
                option.name,
                cell(option.takes),
                cell(option.meaning)
            ));
        }
    }
}
