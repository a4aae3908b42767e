//! The store that an address names.

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
