//! An agent's profile as it is written, and what it did not answer.

use ringback_core::agent::{Missed, Profile};
use ringback_core::ids::CallbackId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A profile as it is written. A field that no profile has is refused: dropped in silence, it would seem to hold.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewProfile)]
pub struct ProfileBody {
    /// Agent groups it belongs to.
    #[serde(default)]
    groups: Vec<String>,
    /// The directory number calls reach it at.
    #[schema(example = "7001")]
    dn: String,
    #[serde(default)]
    place: String,
    #[serde(default)]
    switch: String,
    /// How long it is left alone after a call, in seconds.
    #[serde(default)]
    #[schema(maximum = 86_400)]
    wrap_up: u64,
    /// How long it is not ready after it did not answer, in seconds; 0 for until somebody asks for another state.
    #[serde(default)]
    #[schema(maximum = 86_400)]
    no_answer_pause: u64,
}

impl From<ProfileBody> for Profile {
    fn from(body: ProfileBody) -> Self {
        let ProfileBody {
            groups,
            dn,
            place,
            switch,
            wrap_up,
            no_answer_pause,
        } = body;
        Self {
            groups,
            dn,
            place,
            switch,
            wrap_up,
            no_answer_pause,
        }
    }
}

/// What an agent did not answer, and so is not ready.
#[derive(Serialize, ToSchema)]
#[schema(as = Missed)]
pub struct MissedView {
    #[schema(value_type = String)]
    callback: CallbackId,
    /// When it was given up.
    #[schema(format = DateTime)]
    at: String,
    /// When the agent is ready again by itself; absent for when somebody asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, format = DateTime)]
    ready_at: Option<String>,
}

impl From<Missed> for MissedView {
    fn from(missed: Missed) -> Self {
        Self {
            callback: missed.callback,
            at: missed.at.to_string(),
            ready_at: missed.ready_at.map(|at| at.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_profile_fields_are_refused_by_name() {
        let read = |text: &str| serde_json::from_str::<ProfileBody>(text);
        let profile = Profile::from(read(r#"{"dn":"7001","no_answer_pause":60}"#).unwrap());
        assert_eq!((profile.dn.as_str(), profile.no_answer_pause), ("7001", 60));
        let error = read(r#"{"dn":"7001","skills":["de"]}"#).err().unwrap();
        assert!(error.to_string().contains("`skills`"), "{error}");
    }
}
