//! The options that the established product exports as a `.cfg` file: a section `[service.NAME]` for each service.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::{Template, shorten};
use crate::cfg_text::{TrailingComment, check_comments};

/// The most bytes of a file.
const MOST: usize = 1024 * 1024;
const KIND: &str = "_service";
const TYPE: &str = "_type";
/// What the sections of services begin with.
const SERVICE: &str = "service.";

/// What such a file has.
#[derive(Debug, Default)]
pub struct Exported {
    /// Callback services, office hours and capacities.
    pub sections: Vec<Section>,
    /// Sections that are not taken, and why.
    pub left_out: Vec<String>,
}

/// One of them.
#[derive(Debug, PartialEq, Eq)]
pub struct Section {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: SectionKind,
    /// Its options.
    pub options: BTreeMap<String, String>,
}

/// What a section is, by its `_service`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SectionKind {
    /// `callback`.
    Callback,
    /// `office-hours`.
    OfficeHours,
    /// `capacity`.
    Capacity,
}

/// The file cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExportError {
    /// It is too long.
    #[error("{0} bytes: must be at most {MOST}")]
    TooLong(usize),
    /// A line is nothing that such a file has.
    #[error("line {0} is no section, no option and no comment: must be one of them")]
    Line(usize),
    /// A comment on the line of a value.
    #[error(transparent)]
    Comment(#[from] TrailingComment),
}

impl SectionKind {
    /// Where it is saved under `/v1`.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Callback => "services",
            Self::OfficeHours => "office-hours",
            Self::Capacity => "capacities",
        }
    }

    /// What people call it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Callback => "service",
            Self::OfficeHours => "office hours",
            Self::Capacity => "capacity",
        }
    }
}

impl Section {
    /// The template that its options are nearest to; `None` where there is none for it.
    pub fn template(&self) -> Option<Template> {
        if self.kind != SectionKind::Callback {
            return None;
        }
        let is =
            |name: &str, value: &str| self.options.get(name).is_some_and(|it| it.trim() == value);
        let waits = is("_wait_for_agent", "true");
        let originated = is("_call_direction", "USERORIGINATED");
        Some(match (is("_media_type", "chat"), originated, waits) {
            (true, _, true) => Template::ChatDelayed,
            (true, _, false) => Template::ChatImmediate,
            (false, true, true) => Template::UserOriginatedDelayed,
            (false, true, false) => Template::UserOriginatedImmediate,
            (false, false, true) if is("_agent_preview", "true") => Template::UserTerminatedPreview,
            (false, false, true) => Template::UserTerminatedDelayed,
            (false, false, false) => Template::UserTerminatedImmediate,
        })
    }
}

/// Reads such a file. What is no callback service, office hours or capacity is left out, and said to be.
///
/// # Errors
/// When a line cannot be understood.
pub fn read(text: &str) -> Result<Exported, ExportError> {
    if text.len() > MOST {
        return Err(ExportError::TooLong(text.len()));
    }
    check_comments(text)?;
    let mut exported = Exported::default();
    for (name, options) in raw_sections(text)? {
        match section(&name, options) {
            Ok(section) => exported.sections.push(section),
            Err(why) => exported
                .left_out
                .push(format!("[{}]: {why}", shorten(&name))),
        }
    }
    Ok(exported)
}

type Raw = Vec<(String, BTreeMap<String, String>)>;

fn raw_sections(text: &str) -> Result<Raw, ExportError> {
    let mut sections = Raw::new();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (at, line) in text.lines().map(str::trim).enumerate() {
        if line.is_empty() || line.starts_with([';', '#']) {
            continue;
        }
        let name = line
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'));
        match (name, line.split_once('='), sections.last_mut()) {
            (Some(name), ..) => sections.push((name.trim().to_owned(), BTreeMap::new())),
            (None, Some((option, value)), Some((_, options))) if !option.trim().is_empty() => {
                options.insert(option.trim().to_owned(), value.trim().to_owned());
            }
            _ => return Err(ExportError::Line(at + 1)),
        }
    }
    Ok(sections)
}

/// A section, or why it is not taken.
fn section(name: &str, mut options: BTreeMap<String, String>) -> Result<Section, String> {
    let own = name.strip_prefix(SERVICE);
    let own = own.ok_or(
        "it is no [service.…]; the options of [callback] belong into the configuration file",
    )?;
    let kind = options
        .remove(KIND)
        .unwrap_or_else(|| "callback".to_owned());
    options.remove(TYPE);
    let kind = match kind.as_str() {
        "callback" | "" => SectionKind::Callback,
        "office-hours" => SectionKind::OfficeHours,
        "capacity" => SectionKind::Capacity,
        other => {
            let other = shorten(other);
            return Err(format!(
                "{KIND} is '{other}': must be callback, office-hours or capacity; what else there is is built in"
            ));
        }
    };
    Ok(Section {
        name: own.to_owned(),
        kind,
        options,
    })
}
