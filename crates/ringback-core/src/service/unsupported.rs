//! Values that options take for the sake of what was stored before, and that nothing is done about: a service that has one
//! is not saved, a request that sets one is refused.

use super::options::{Direction, FirstParty, Options, Sound};
use super::{Mistake, Mistakes, OptionSpec, Service};

/// The estimation methods that there are: one method under the original's name, and the one that waits for a reservation.
const METHODS: [&str; 2] = ["ewt", "ursdial"];

impl Service {
    /// Whether everything it asks for is done.
    ///
    /// # Errors
    /// Everything that is not, with what to do instead.
    pub fn check_supported(&self) -> Result<(), Mistakes> {
        let unsupported = self.options.unsupported().into_iter();
        let mistakes: Vec<_> = unsupported.filter(|it| !self.is_filled_later(it)).collect();
        if mistakes.is_empty() {
            return Ok(());
        }
        let service = self.name.to_string();
        Err(Mistakes { service, mistakes })
    }

    fn is_filled_later(&self, mistake: &Mistake) -> bool {
        let name = mistake.option();
        self.with_tokens().any(|(spec, _)| Some(spec.name) == name)
    }
}

impl Options {
    /// What they ask for and nothing is done about.
    pub(crate) fn unsupported(&self) -> Vec<Mistake> {
        let of_calls = self.of_calls();
        of_calls.into_iter().chain(self.of_queues()).collect()
    }

    fn of_calls(&self) -> Vec<Mistake> {
        let mut found = Vec::new();
        if let Some(url) = &self.dialing.plugin.0 {
            found.extend(refused(
                "_plugin_on_dial_url",
                url,
                "nobody is asked before a call; it must be left out: subscribe to _cbe_on_dial_init",
            ));
        }
        if self.preview.disposition {
            found.extend(refused(
                "_enable_disposition_dialog",
                "true",
                "there is no disposition dialog; it must be false or left out",
            ));
        }
        let hinted = self
            .sounds()
            .into_iter()
            .filter(|(_, sound)| !sound.hints.is_empty());
        found.extend(hinted.filter_map(|(name, sound)| {
            let instead = "the phone network takes no hints; it must be the sound alone";
            refused(name, &sound.file, instead)
        }));
        found
    }

    fn of_queues(&self) -> Vec<Mistake> {
        let mut found = Vec::new();
        if let Some(method) = self.queueing.ewt_method.as_deref()
            && !METHODS.contains(&method)
        {
            found.extend(refused(
                "_urs_ewt_estimation_method",
                method,
                "it must be ewt or ursdial, or left out",
            ));
        }
        if let Some(stat) = self.scheduled.queue_time_stat.as_deref()
            && self.scheduled.stat_queue().is_none()
        {
            found.extend(refused(
                "_request_queue_time_stat",
                stat,
                "it must be the expected wait of a queue, e.g. ExpectedWaitTime;Queue;8999@SIP_Switch;Environment, or left out",
            ));
        }
        if !self.queueing.max_wait.is_zero() && !self.may_tire() {
            found.extend(refused(
                "_max_queue_wait",
                &self.queueing.max_wait.as_secs().to_string(),
                "it only has a meaning where _wait_for_agent is true and the customer is called first; it must be 0 or left \
                 out",
            ));
        }
        found
    }

    /// Whether a callback can be dialed without an agent in the end.
    fn may_tire(&self) -> bool {
        let is_dialed = self.scenario.direction == Direction::UserTerminated;
        is_dialed && self.wait_for_agent && self.dialing.first_party == FirstParty::Customer
    }

    const fn sounds(&self) -> [(&'static str, &Sound); 4] {
        let all = &self.treatments;
        [
            ("_treatment_customer_connect", &all.greeting),
            ("_treatment_waiting_for_agent", &all.waiting),
            ("_treatment_find_agent_fail", &all.no_agent),
            ("_treatment_call_failure_answering_machine", &all.machine),
        ]
    }
}

fn refused(name: &str, value: &str, instead: &'static str) -> Option<Mistake> {
    let spec = OptionSpec::find(name)?;
    Some(Mistake::Unsupported {
        value: spec.shown(value),
        name: spec.name,
        instead,
    })
}
