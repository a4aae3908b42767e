//! The simulated phone network: every outcome of a call on demand, by the last two digits of the number.
//!
//! | digits | what happens |
//! |---|---|
//! | `01` | busy |
//! | `02` | nobody answers |
//! | `03` | an answering machine |
//! | `04` | a fax |
//! | `05` | no such number |
//! | `06` | all trunks busy |
//! | `07` | a person, who hangs up while waiting for an agent |
//! | `08` | a person, after 85 % of the ring timeout |
//! | `09` | not a single report |
//! | else | a person |
//!
//! An agent whose directory number ends in `99` never picks up. [`network::Network`] decides all of it without a clock,
//! a thread or a random number; [`in_process::Simulator`] runs it inside a process, [`server::serve`] offers it to
//! others over TCP, and [`client::SimulatorClient`] uses that.

use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

use ringback_core::trunk::TrunkLimits;
use url::form_urlencoded;

pub mod client;
pub mod in_process;
pub(crate) mod inbox;
pub mod network;
pub mod server;
mod wire;

/// No duration of the network is longer than this before the speed is applied.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

const MAX_SPEED: u32 = 100_000;

/// How the network behaves, besides what the numbers say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Divides every duration.
    pub speed: NonZeroU32,
    /// Makes every duration zero, whatever the speed: reports come with the order that causes them.
    pub instant: bool,
    /// How long customer and agent talk before the customer hangs up.
    pub talk: Duration,
    /// What a trunk group takes: everything, unless set.
    pub limits: TrunkLimits,
}

impl Options {
    /// Reads `speed=60&talk=5` or `instant=true`; what is left out stays as by default.
    ///
    /// # Errors
    /// When an option is unknown or its value is not allowed.
    pub fn parse(query: &str) -> Result<Self, OptionsError> {
        let mut options = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "speed" => options.speed = parse_speed(&value)?,
                "talk" => options.talk = parse_talk(&value)?,
                "instant" => options.instant = parse_instant(&value)?,
                "calls_per_second" => options.limits.rate = Some(parse_limit(&name, &value)?),
                "calls" => options.limits.calls = Some(parse_limit(&name, &value)?),
                _ => return Err(OptionsError::Unknown(shorten(&name))),
            }
        }
        Ok(options)
    }

    /// How long `span` takes on this network.
    pub(crate) fn scaled(&self, span: Duration) -> Duration {
        match self.instant {
            true => Duration::ZERO,
            false => span.min(LONGEST) / self.speed.get(),
        }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            speed: NonZeroU32::MIN,
            instant: false,
            talk: Duration::from_secs(180),
            limits: TrunkLimits::default(),
        }
    }
}

fn parse_speed(value: &str) -> Result<NonZeroU32, OptionsError> {
    value
        .parse()
        .ok()
        .filter(|speed: &NonZeroU32| speed.get() <= MAX_SPEED)
        .ok_or_else(|| OptionsError::Speed(shorten(value)))
}

fn parse_talk(value: &str) -> Result<Duration, OptionsError> {
    value
        .parse()
        .ok()
        .map(Duration::from_secs)
        .filter(|talk| *talk <= LONGEST)
        .ok_or_else(|| OptionsError::Talk(shorten(value)))
}

fn parse_instant(value: &str) -> Result<bool, OptionsError> {
    value
        .parse()
        .map_err(|_| OptionsError::Instant(shorten(value)))
}

fn parse_limit<T: FromStr>(name: &str, value: &str) -> Result<T, OptionsError> {
    let wrong = || OptionsError::Limit(name.to_owned(), shorten(value));
    value.parse().map_err(|_| wrong())
}

fn shorten(text: &str) -> String {
    text.chars().take(40).collect()
}

/// An option of the simulated phone network cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OptionsError {
    /// No such option.
    #[error(
        "option '{0}' is unknown, allowed are speed, talk, instant, calls_per_second and calls"
    )]
    Unknown(String),
    /// Not a speed.
    #[error("speed is '{0}', allowed is a whole number from 1 to {MAX_SPEED}")]
    Speed(String),
    /// Not a length of a talk.
    #[error("talk is '{0}', allowed are whole seconds from 0 to {max}", max = LONGEST.as_secs())]
    Talk(String),
    /// Neither yes nor no.
    #[error("instant is '{0}', allowed are true and false")]
    Instant(String),
    /// No limit of trunk groups.
    #[error("{0} is '{1}', allowed is a number above 0")]
    Limit(String, String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_its_options() {
        let options = Options::parse("speed=60&talk=5").unwrap();
        assert_eq!(options.speed.get(), 60);
        assert_eq!(options.talk, Duration::from_secs(5));
        assert_eq!(Options::parse("").unwrap(), Options::default());
        assert!(Options::parse("instant=true").unwrap().instant);
    }

    #[test]
    fn names_what_is_wrong_and_what_is_allowed() {
        for (query, error) in [
            (
                "sped=6",
                "option 'sped' is unknown, allowed are speed, talk, instant, calls_per_second and calls",
            ),
            (
                "speed=0",
                "speed is '0', allowed is a whole number from 1 to 100000",
            ),
            (
                "speed=1.5",
                "speed is '1.5', allowed is a whole number from 1 to 100000",
            ),
            (
                "speed=100001",
                "speed is '100001', allowed is a whole number from 1 to 100000",
            ),
            (
                "talk=-1",
                "talk is '-1', allowed are whole seconds from 0 to 86400",
            ),
            (
                "talk=86401",
                "talk is '86401', allowed are whole seconds from 0 to 86400",
            ),
            (
                "calls_per_second=fast",
                "calls_per_second is 'fast', allowed is a number above 0",
            ),
            ("calls=-1", "calls is '-1', allowed is a number above 0"),
            ("instant=1", "instant is '1', allowed are true and false"),
        ] {
            assert_eq!(Options::parse(query).unwrap_err().to_string(), error);
        }
    }

    #[test]
    fn no_duration_overflows() {
        let options = Options::default();
        assert_eq!(options.scaled(Duration::MAX), LONGEST);
        let fast = Options::parse("speed=60").unwrap();
        assert_eq!(
            fast.scaled(Duration::from_secs(3)),
            Duration::from_millis(50)
        );
        let instant = Options::parse("instant=true&speed=60").unwrap();
        assert_eq!(instant.scaled(Duration::MAX), Duration::ZERO);
    }
}
