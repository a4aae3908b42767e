//! Why a store cannot be used.

use std::path::{Path, PathBuf};

/// The addresses of stores.
const ALLOWED: &str = "memory:, sqlite:PATH, redis://HOST:PORT, rediss://HOST:PORT, redis+sentinel://HOST:PORT,…/SERVICE \
                       or redis+cluster://HOST:PORT,…";

/// The store cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreOpenError {
    /// The address names no kind of store.
    #[error("store '{0}' is unknown: write {ALLOWED}")]
    Unknown(String),
    /// The address of a Redis store is incomplete.
    #[error("the store's address cannot be read: {0}")]
    Address(&'static str),
    /// No Redis server answered.
    #[error("the store at redis {place} cannot be opened")]
    Redis {
        /// Hosts and ports.
        place: String,
        /// Why.
        source: redis::RedisError,
    },
    /// The file or its folder cannot be used.
    #[error("the store's file {} cannot be opened", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// SQLite cannot use the file.
    #[error("the store's file {} cannot be used", path.display())]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// The file is something else.
    #[error("{} is no store of this program: name another file", .0.display())]
    Foreign(PathBuf),
    /// The file is from another release.
    #[error("the store's file {} has layout {found}, this release knows {known}", path.display())]
    Layout {
        /// The file.
        path: PathBuf,
        /// As stored.
        found: i32,
        /// What this release writes.
        known: i32,
    },
    /// Another process has the file.
    #[error("the store's file {} is in use: one process at a time, use redis:// for several", .0.display())]
    InUse(PathBuf),
    /// The program is ending.
    #[error("the store was not opened")]
    Interrupted(#[source] tokio::task::JoinError),
    /// What is stored was spread over another number of shards.
    #[error("the store has {found} shards, not {wanted}: their number is fixed at the first start")]
    Shards {
        /// As stored.
        found: u16,
        /// As asked for.
        wanted: u16,
    },
}

impl StoreOpenError {
    /// Whether it may be there later.
    pub const fn is_away(&self) -> bool {
        matches!(self, Self::Redis { .. })
    }

    pub(crate) fn file(path: &Path, source: std::io::Error) -> Self {
        let path = path.to_owned();
        Self::File { path, source }
    }

    pub(crate) fn sqlite(path: &Path, source: rusqlite::Error) -> Self {
        let path = path.to_owned();
        Self::Sqlite { path, source }
    }

    /// An address of no known scheme, without what may be a password.
    pub(crate) fn unknown(address: &str) -> Self {
        let shown = match (address.split_once("://"), address.rsplit_once('@')) {
            (Some((scheme, _)), Some((_, place))) => format!("{scheme}://…@{place}"),
            (None, Some((_, place))) => format!("…@{place}"),
            (_, None) => address.to_owned(),
        };
        Self::Unknown(shown.chars().take(80).collect())
    }
}
