//! `ringback service options`: what the table says that options are read by.

use anyhow::bail;
use ringback_core::service::{OptionSpec, option_topics};
use serde_json::{Value, json};

use crate::args::OptionsForm;
use crate::print::line;

/// Explains all options, or those whose name is or contains `name`.
///
/// # Errors
/// When there is none.
pub fn run(name: Option<&str>, form: OptionsForm) -> anyhow::Result<()> {
    let wanted = |spec: &&OptionSpec| match name {
        None => true,
        Some(name) => OptionSpec::find(name)
            .map_or_else(|| spec.name.contains(name), |found| found.name == spec.name),
    };
    let topics: Vec<_> = option_topics()
        .iter()
        .map(|(topic, specs)| (*topic, specs.iter().filter(wanted).collect::<Vec<_>>()))
        .filter(|(_, specs)| !specs.is_empty())
        .collect();
    if topics.is_empty() {
        let name = name.unwrap_or_default();
        match OptionSpec::nearest(name) {
            Some(near) => bail!("there is no option '{name}': the nearest is {near}"),
            None => bail!("there is no option '{name}': ringback service options lists all"),
        }
    }
    match form {
        OptionsForm::Text => topics.iter().for_each(|(topic, specs)| text(topic, specs)),
        OptionsForm::Json => line(&format!("{:#}", json(&topics))),
        OptionsForm::Markdown => markdown(&topics),
    }
    Ok(())
}

fn text(topic: &str, specs: &[&OptionSpec]) {
    line(topic);
    for spec in specs {
        line(&format!("  {}", spec.name));
        line(&format!("      {}", spec.meaning));
        line(&format!(
            "      takes {}; default {}",
            spec.allowed,
            default(spec)
        ));
    }
}

fn default(spec: &OptionSpec) -> &'static str {
    if spec.default.is_empty() {
        "empty"
    } else {
        spec.default
    }
}

fn json(topics: &[(&str, Vec<&OptionSpec>)]) -> Value {
    let of_topic = |topic: &str, spec: &OptionSpec| {
        json!({
            "name": spec.name,
            "topic": topic,
            "meaning": spec.meaning,
            "takes": spec.allowed,
            "default": spec.default,
        })
    };
    topics
        .iter()
        .flat_map(|(topic, specs)| specs.iter().map(move |spec| of_topic(topic, spec)))
        .collect()
}

/// The page of the documentation.
fn markdown(topics: &[(&str, Vec<&OptionSpec>)]) {
    line("# Options of a service\n");
    line(
        "Written by `ringback service options --format markdown` from the table that options are read by.",
    );
    line(
        "A request may set what the service names in `_overwritable_options`; `$name$` in a value is filled from the",
    );
    line("request's parameters. Spans are in seconds unless it says otherwise.");
    for (topic, specs) in topics {
        line(&format!("\n## {topic}\n"));
        line("| option | default | takes | what it does |");
        line("|---|---|---|---|");
        for spec in specs {
            let cell = |text: &str| text.replace('|', "\\|");
            line(&format!(
                "| `{}` | {} | {} | {} |",
                spec.name,
                if spec.default.is_empty() {
                    String::new()
                } else {
                    format!("`{}`", cell(spec.default))
                },
                cell(spec.allowed),
                cell(spec.meaning)
            ));
        }
    }
}
