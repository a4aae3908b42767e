//! `[chat]`.

use anyhow::bail;
use serde::Deserialize;
use url::Url;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChatTable {
    /// Where customers find what is served under `/chat`, e.g. `https://chat.example`.
    url: Option<String>,
}

impl ChatTable {
    /// The URL without a slash at its end; empty when links are paths alone.
    ///
    /// # Errors
    /// When links could not be made of it.
    pub fn read(self) -> anyhow::Result<String> {
        let Some(text) = self.url else {
            return Ok(String::new());
        };
        let is_web = |url: &Url| ["http", "https"].contains(&url.scheme());
        let is_bare = |url: &Url| url.query().is_none() && url.fragment().is_none();
        match Url::parse(&text) {
            Ok(url) if is_web(&url) && is_bare(&url) => {
                Ok(url.as_str().trim_end_matches('/').to_owned())
            }
            Ok(_) | Err(_) => {
                bail!("url = '{text}': allowed is http:// or https://, without ? and #")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> anyhow::Result<String> {
        toml::from_str::<ChatTable>(text)?.read()
    }

    #[test]
    fn links_stand_under_the_url() {
        assert_eq!(read("").unwrap(), "");
        let read_from = |url: &str| read(&format!("url = \"{url}\"")).unwrap();
        assert_eq!(read_from("https://chat.example/"), "https://chat.example");
        assert_eq!(read_from("http://h/cb"), "http://h/cb");
        for wrong in ["ftp://h", "https://h/?x=1", "https://h/#x"] {
            let error = read(&format!("url = \"{wrong}\"")).unwrap_err();
            assert!(error.to_string().contains("allowed is http://"), "{error}");
        }
    }
}
