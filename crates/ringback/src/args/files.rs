//! Options whose value stands in a file: `RINGBACK_STORE_FILE` in place of `RINGBACK_STORE`, as secrets are mounted.
//!
//! A file is read once, at the start, as if its content had been given by its flag. An option that is given twice is refused:
//! nobody could tell which holds.

use std::ffi::{OsStr, OsString};
use std::io::Read;
use std::path::Path;

use anyhow::Context;
use clap::{Arg, Command, CommandFactory, Parser};

use super::Cli;

/// Addresses and passwords are short.
const MOST: u64 = 64 * 1024;

impl Cli {
    /// The command line of this process, or its end with what is wrong with it.
    #[expect(
        clippy::disallowed_methods,
        reason = "the arguments read the environment"
    )]
    pub fn of_process() -> Self {
        let given = std::env::args_os().collect();
        let environment = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        match with_files(given, &environment) {
            Ok(given) => Self::parse_from(given),
            Err(error) => Self::command()
                .error(
                    clap::error::ErrorKind::ValueValidation,
                    ringback_workers::watched::Chain(error.as_ref()),
                )
                .exit(),
        }
    }
}

/// `given` with the options that stand in files, behind the subcommand that takes them.
fn with_files(
    mut given: Vec<OsString>,
    environment: &dyn Fn(&str) -> Option<OsString>,
) -> anyhow::Result<Vec<OsString>> {
    let mut root = Cli::command();
    root.build();
    let (command, at) = called(&root, &given);
    let mut found = Vec::new();
    for option in command.get_arguments() {
        let (Some(flag), Some(name)) = (option.get_long(), option.get_env()) else {
            continue;
        };
        let Some(name) = name.to_str().filter(|name| name.starts_with("RINGBACK_")) else {
            continue;
        };
        let Some(path) = environment(&format!("{name}_FILE")) else {
            continue;
        };
        if environment(name).is_some() {
            anyhow::bail!("{name}_FILE and {name} must not be set both");
        }
        // A flag goes before the environment, as it does for a variable.
        if !is_given(&given, flag) {
            let value = read(&format!("{name}_FILE"), Path::new(&path))?;
            found.push(format!("--{flag}={value}").into());
        }
    }
    given.splice(at..at, found);
    Ok(given)
}

/// The subcommand that `given` calls, and the place of its first argument.
fn called<'a>(root: &'a Command, given: &[OsString]) -> (&'a Command, usize) {
    let (mut command, mut at) = (root, given.len().min(1));
    let mut next = at;
    while let Some(word) = given.get(next).and_then(|word| word.to_str()) {
        next += 1;
        if let Some(flag) = word.strip_prefix("--") {
            let takes = |option: &&Arg| option.get_long() == Some(flag);
            let option = command.get_arguments().find(takes);
            next += usize::from(option.is_some_and(|it| it.get_action().takes_values()));
        } else if let Some(subcommand) = command.find_subcommand(word) {
            (command, at) = (subcommand, next);
        }
    }
    (command, at)
}

fn is_given(given: &[OsString], flag: &str) -> bool {
    let is_flag = |word: &OsStr| {
        let word = word.to_str().and_then(|word| word.strip_prefix("--"));
        word.is_some_and(|word| word.split('=').next() == Some(flag))
    };
    given.iter().any(|word| is_flag(word))
}

fn read(variable: &str, path: &Path) -> anyhow::Result<String> {
    let named = || format!("{variable} names {}", path.display());
    let mut bytes = Vec::new();
    let size = std::fs::File::open(path)
        .and_then(|file| file.take(MOST + 1).read_to_end(&mut bytes))
        .with_context(|| named() + ", which cannot be read")?;
    let text = String::from_utf8(bytes).ok();
    let text = text.map(|text| text.trim_end_matches(['\r', '\n']).to_owned());
    text.filter(|text| !text.is_empty() && size as u64 <= MOST)
        .with_context(|| {
            format!(
                "{}, which must be text of at most {MOST} bytes and not empty",
                named()
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<OsString> {
        line.split(' ').map(OsString::from).collect()
    }

    fn check(line: &str, variables: &[(&str, &str)]) -> Result<String, String> {
        let environment = |name: &str| {
            let found = variables.iter().find(|(it, _)| *it == name);
            found.map(|(_, value)| OsString::from(value))
        };
        let given = with_files(words(line), &environment);
        let given = given.map_err(|error| error.to_string())?;
        let given: Vec<_> = given.iter().filter_map(|word| word.to_str()).collect();
        Ok(given.join(" "))
    }

    fn file(content: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        file
    }

    #[test]
    fn a_file_stands_for_the_option_of_the_command_that_takes_it() {
        let store = file("redis://user:secret@redis:6379\n");
        let path = store.path().to_str().unwrap();
        let set = [("RINGBACK_STORE_FILE", path)];
        let value = "--store=redis://user:secret@redis:6379";
        for (line, expected) in [
            ("ringback ingest", format!("ringback ingest {value}")),
            (
                "ringback --log ingest dialer --worker d",
                format!("ringback --log ingest dialer {value} --worker d"),
            ),
            (
                "ringback phone-network",
                "ringback phone-network".to_owned(),
            ),
            (
                "ringback ingest --store memory:",
                "ringback ingest --store memory:".to_owned(),
            ),
            (
                "ringback ingest --store=memory:",
                "ringback ingest --store=memory:".to_owned(),
            ),
            ("ringback", "ringback".to_owned()),
        ] {
            assert_eq!(check(line, &set).unwrap(), expected);
        }
    }

    #[test]
    fn what_is_required_together_may_stand_in_files() {
        let (user, password) = (file("ivr"), file("secret"));
        let given = check(
            "ringback ingest",
            &[
                ("RINGBACK_API_USER_FILE", user.path().to_str().unwrap()),
                (
                    "RINGBACK_API_PASSWORD_FILE",
                    password.path().to_str().unwrap(),
                ),
            ],
        );
        let cli = Cli::try_parse_from(words(&given.unwrap())).unwrap();
        let super::super::Command::Ingest(ingest) = cli.command else {
            panic!("another command");
        };
        assert_eq!(ingest.listen.api_user.as_deref(), Some("ivr"));
        assert_eq!(ingest.listen.api_password.as_deref(), Some("secret"));
    }

    #[test]
    fn a_file_that_does_not_fit_is_refused_without_its_content() {
        let (empty, long) = (file("\n"), file(&"x".repeat(64 * 1024 + 1)));
        let of = |path: &str| check("ringback ingest", &[("RINGBACK_BUS_FILE", path)]).unwrap_err();
        assert!(of("/no/such/file").contains("RINGBACK_BUS_FILE names /no/such/file"));
        assert!(of(empty.path().to_str().unwrap()).contains("not empty"));
        let told = of(long.path().to_str().unwrap());
        assert!(told.contains("at most 65536 bytes") && told.len() < 300);
        let both = [("RINGBACK_BUS_FILE", "/x"), ("RINGBACK_BUS", "memory:")];
        let told = check("ringback ingest", &both).unwrap_err();
        assert_eq!(
            told,
            "RINGBACK_BUS_FILE and RINGBACK_BUS must not be set both"
        );
    }
}
