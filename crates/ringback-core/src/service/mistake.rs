//! Everything that can be wrong with a service.

use super::OptionSpec;
use super::parse::shorten;
use crate::nearest::offer;

/// One thing wrong with a service.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mistake {
    /// The service's own name.
    #[error("'{0}' is no service name: allowed are 1 to 64 letters, digits, '_', '-' and '.'")]
    Name(String),
    /// An option that does not exist.
    #[error("unknown option '{name}'{}", offer(*nearest))]
    Unknown {
        /// As written.
        name: String,
        /// The known name that looks most like it.
        nearest: Option<&'static str>,
    },
    /// A value that the option does not take.
    #[error("option '{name}' = '{value}': allowed is {allowed}")]
    Value {
        /// The option.
        name: &'static str,
        /// As written, shortened; `…` if it may hold a credential.
        value: String,
        /// What it takes.
        allowed: &'static str,
    },
    /// An option under two of its names.
    #[error("option '{name}' is given twice: as '{first}' and as '{second}'")]
    Twice {
        /// The option.
        name: &'static str,
        /// One name it is given under.
        first: String,
        /// The other.
        second: String,
    },
    /// A value whose meaning is not there yet.
    #[error("option '{name}' = '{value}' is not supported: {instead}")]
    Unsupported {
        /// The option.
        name: &'static str,
        /// As written, shortened; `…` if it may hold a credential.
        value: String,
        /// What to do instead.
        instead: &'static str,
    },
    /// Two options that exclude each other.
    #[error("option '{name}' {problem}")]
    Contradiction {
        /// The option.
        name: &'static str,
        /// What does not go together.
        problem: &'static str,
    },
}

impl Mistake {
    /// There is no such option.
    pub(super) fn unknown(name: &str) -> Self {
        Self::Unknown {
            name: shorten(name),
            nearest: OptionSpec::nearest(name),
        }
    }

    /// The option that is wrong, if it is a known one.
    pub(crate) const fn option(&self) -> Option<&'static str> {
        match self {
            Self::Name(_) | Self::Unknown { .. } => None,
            Self::Value { name, .. }
            | Self::Twice { name, .. }
            | Self::Unsupported { name, .. }
            | Self::Contradiction { name, .. } => Some(name),
        }
    }
}

/// Everything wrong with a service.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("service '{service}': {}", mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct Mistakes {
    /// The service.
    pub service: String,
    /// What is wrong.
    pub mistakes: Vec<Mistake>,
}
