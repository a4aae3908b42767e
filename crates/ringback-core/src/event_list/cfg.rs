//! The `.cfg` form: sections and options as in an INI file.
//!
//! Long values are wrapped without any mark, as the original's documents print them. Readers of INI files (rust-ini
//! among them) take such a line for part of the next name, or its `:` for a `=`; so the lines are read here.

use serde_json::Value;

use super::draft::{Draft, Section};
use super::mistakes::{Reason, WHOLE};
use super::{CUSTOM, EventList, PARAMS, PROPERTIES, Told};

/// What a line is.
enum Line<'a> {
    /// Blank, or a comment.
    Nothing,
    Section(&'a str),
    Option(&'a str, &'a str),
    /// Anything else: more of the value before it.
    Rest(&'a str),
}

/// Reads `text` into `draft`.
pub fn read(text: &str, draft: &mut Draft) {
    for section in sections(text, draft) {
        if section.name == PROPERTIES {
            draft.properties(&section);
        } else {
            draft.event(&section);
        }
    }
}

fn sections(text: &str, draft: &mut Draft) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    for (at, line) in text.lines().enumerate() {
        let has_place = match classify(line.trim()) {
            Line::Nothing => true,
            Line::Section(name) => {
                sections.push(Section::named(name));
                true
            }
            Line::Option(name, value) => add(&mut sections, name, value),
            Line::Rest(rest) => append(&mut sections, rest),
        };
        if !has_place {
            draft.wrong(WHOLE, None, &Reason::Stray(at + 1));
        }
    }
    sections
}

/// Whether there is a section to add to.
fn add(sections: &mut [Section], name: &str, value: &str) -> bool {
    let section = sections.last_mut();
    section
        .map(|section| section.options.push((name.to_owned(), value.into())))
        .is_some()
}

/// Whether there is a value to append to.
fn append(sections: &mut [Section], rest: &str) -> bool {
    let options = sections.last_mut().map(|section| &mut section.options);
    let Some((_, Value::String(value))) = options.and_then(|options| options.last_mut()) else {
        return false;
    };
    value.push('\n');
    value.push_str(rest);
    true
}

fn classify(line: &str) -> Line<'_> {
    if line.is_empty() || line.starts_with([';', '#']) {
        return Line::Nothing;
    }
    if let Some(name) = section_name(line) {
        return Line::Section(name);
    }
    match line.split_once('=') {
        Some((name, value)) if is_name(name.trim_end()) => {
            Line::Option(name.trim_end(), value.trim_start())
        }
        Some(_) | None => Line::Rest(line),
    }
}

/// A list within a JSON value is no section, even if it has a line of its own.
fn section_name(line: &str) -> Option<&str> {
    let name = line.strip_prefix('[')?.strip_suffix(']')?.trim();
    let is_json =
        name.contains(['"', ',', '[', ']', '{', '}']) || matches!(name, "true" | "false" | "null");
    (starts_as_name(name) && !is_json).then_some(name)
}

fn is_name(text: &str) -> bool {
    let legal = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    starts_as_name(text) && text.chars().all(legal)
}

fn starts_as_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// The canonical text: own names, every value on one line.
pub fn write(list: &EventList) -> String {
    let properties = list.properties.iter();
    let properties: Vec<_> = properties
        .map(|(name, value)| (*name, value.clone()))
        .collect();
    let mut sections = Vec::new();
    if !properties.is_empty() {
        sections.push(section(PROPERTIES, &properties));
    }
    for (event, told) in &list.events {
        sections.push(section(event.as_str(), &options(told)));
    }
    sections.join("\n")
}

fn options(told: &Told) -> Vec<(&'static str, String)> {
    let mut options = Vec::new();
    if !told.params.is_empty() {
        options.push((PARAMS, told.params.join(", ")));
    }
    if !told.custom.is_empty() {
        options.push((CUSTOM, Value::Object(told.custom.clone()).to_string()));
    }
    options
}

fn section(name: &str, options: &[(&str, String)]) -> String {
    let mut text = format!("[{name}]\n");
    for (option, value) in options {
        text.extend([option, " = ", value.as_str(), "\n"]);
    }
    text
}
