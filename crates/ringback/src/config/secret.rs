//! Values that should not stand in a file that many may read.

use std::path::Path;

use anyhow::{Context, bail};
use serde::Deserialize;

/// The longest secret, in bytes.
const LONGEST: usize = 64 * 1024;

/// A text, or where to find it.
#[derive(Deserialize)]
#[serde(untagged)]
pub enum Secret {
    /// The text itself.
    Plain(String),
    /// In an environment variable.
    Environment {
        /// Which.
        env: String,
    },
    /// In a file.
    File {
        /// Where, relative to the configuration.
        file: String,
    },
}

impl Secret {
    /// The text.
    ///
    /// # Errors
    /// When it cannot be found. The error names the place, never the text.
    pub fn read(&self, folder: &Path) -> anyhow::Result<String> {
        let text = match self {
            Self::Plain(text) => text.clone(),
            Self::Environment { env } => environment(env)?,
            Self::File { file } => {
                let path = folder.join(file);
                std::fs::read_to_string(&path)
                    .with_context(|| format!("file {} cannot be read", path.display()))?
            }
        };
        let text = text.trim();
        if text.is_empty() || text.len() > LONGEST {
            bail!("is empty or longer than {LONGEST} bytes");
        }
        Ok(text.to_owned())
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the configuration names the variable"
)]
fn environment(name: &str) -> anyhow::Result<String> {
    std::env::var(name).with_context(|| format!("environment variable {name} cannot be read"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(toml: &str, folder: &Path) -> anyhow::Result<String> {
        #[derive(Deserialize)]
        struct Holder {
            secret: Secret,
        }
        toml::from_str::<Holder>(toml)?.secret.read(folder)
    }

    #[test]
    fn it_stands_there_or_in_a_file_or_in_the_environment() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("key"), "from the file\n").unwrap();
        assert_eq!(read("secret = 'plain'", folder.path()).unwrap(), "plain");
        assert_eq!(
            read("secret = { file = 'key' }", folder.path()).unwrap(),
            "from the file"
        );
        let home = read("secret = { env = 'PATH' }", folder.path()).unwrap();
        assert!(home.contains('/'), "{home}");
    }

    #[test]
    fn a_missing_one_is_named() {
        let folder = tempfile::tempdir().unwrap();
        for (toml, named) in [
            ("secret = { file = 'nowhere' }", "nowhere cannot be read"),
            (
                "secret = { env = 'RINGBACK_NO_SUCH_VARIABLE' }",
                "RINGBACK_NO_SUCH_VARIABLE cannot be read",
            ),
            ("secret = ' '", "is empty"),
        ] {
            let error = read(toml, folder.path()).unwrap_err().to_string();
            assert!(error.contains(named), "{error}");
        }
    }
}
