//! What a service needs around it: whatever it names must be there, or it can never work.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use super::{Options, Service};
use crate::event_list::EventList;
use crate::notify::{Plan, Providers, Recipient};
use crate::outbound::AllowList;
use crate::service::options::ListedTarget;
use crate::target::Target;

/// What there is.
pub struct Surroundings<'a> {
    /// Event lists.
    pub lists: &'a BTreeMap<String, Arc<EventList>>,
    /// The names of office hours.
    pub hours: BTreeSet<&'a str>,
    /// The names of capacities.
    pub capacities: BTreeSet<&'a str>,
    /// The names of resource groups.
    pub groups: BTreeSet<&'a str>,
    /// The names of services.
    pub services: BTreeSet<&'a str>,
    /// Notification providers.
    pub providers: &'a Providers,
    /// What may be reached although it is not public.
    pub allow: &'a AllowList,
    /// The pools that agents are in; `None` where that does not matter now.
    pub pools: Option<&'a BTreeSet<String>>,
}

/// How much something matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Callbacks are refused or never made.
    Error,
    /// It works once somebody has done something else, too.
    Warning,
}

/// Something that a service needs and does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// Which service.
    pub service: String,
    /// What it needs.
    pub problem: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "service '{}': {}", self.service, self.problem)
    }
}

impl Service {
    /// What it needs and does not have around it. Options that each request fills are left out.
    pub fn needs(&self, around: &Surroundings<'_>) -> Vec<Finding> {
        let mut found = self.missing_names(around);
        found.extend(self.unreachable(around));
        let errors = found.into_iter().map(|problem| (Severity::Error, problem));
        let mut all: Vec<_> = errors.collect();
        if let Some(pools) = around.pools {
            let warnings = self.unattended(pools).into_iter();
            all.extend(warnings.map(|problem| (Severity::Warning, problem)));
        }
        let finding = |(severity, problem)| Finding {
            severity,
            service: self.name.to_string(),
            problem,
        };
        all.into_iter().map(finding).collect()
    }

    /// What it names and is not there.
    fn missing_names(&self, around: &Surroundings<'_>) -> Vec<String> {
        let Options {
            general,
            scheduled,
            notification,
            ..
        } = &*self.options;
        let lists: BTreeSet<&str> = around.lists.keys().map(String::as_str).collect();
        let names = [
            (
                "_business_hours_service",
                general.business_hours.as_deref(),
                &around.hours,
                "office hours",
            ),
            (
                "_capacity_service",
                general.capacity.as_deref(),
                &around.capacities,
                "capacity",
            ),
            (
                "_callback_events_list",
                notification.events_list.as_deref(),
                &lists,
                "event list",
            ),
            (
                "_resource_group",
                self.options.numbers(),
                &around.groups,
                "resource group",
            ),
            (
                "_request_ewt_service",
                scheduled.ewt_service.as_deref(),
                &around.services,
                "service",
            ),
        ];
        let missing = |(option, name, known, what): (&str, Option<&str>, &BTreeSet<&str>, &str)| {
            let name = name.filter(|name| !known.contains(name) && !self.fills(option))?;
            let known: Vec<_> = known.iter().take(20).copied().collect();
            let known = if known.is_empty() {
                "there is none".to_owned()
            } else {
                format!("must be one of {}", known.join(", "))
            };
            Some(format!(
                "{option} names {what} '{name}', which does not exist: {known}"
            ))
        };
        names.into_iter().filter_map(missing).collect()
    }

    /// Whom it shall tell or ask and cannot. What depends on an event list that is not there is left out.
    pub fn unreachable(&self, around: &Surroundings<'_>) -> Vec<String> {
        let name = self.options.notification.events_list.as_ref();
        let list = name.and_then(|name| around.lists.get(name));
        let is_listless = name.is_some() && list.is_none();
        let fills = |part: &str| self.with_tokens().any(|(spec, _)| spec.name.contains(part));
        let Ok(options) = self.options_over(&BTreeMap::new(), list.map(|it| it.properties()))
        else {
            // What does not go together is told when the service is read.
            return Vec::new();
        };
        let mut found = Vec::new();
        let plan = Plan::of(&options, None);
        let check = |it: &Recipient| it.check(around.providers, around.allow).err();
        if let Some(plan) = plan.as_ref().filter(|_| !fills("_notification_")) {
            found.extend(plan.own.as_ref().and_then(check));
            found.extend(plan.push.as_ref().and_then(check).map(of_push));
        }
        let asks = options.scenario.confirm.wanted && !is_listless;
        if asks && !plan.is_some_and(|plan| plan.can_ask()) && !fills("_notification_") {
            found.push(NOBODY_ASKED.to_owned());
        }
        found
    }

    /// Its targets that no agent is in.
    fn unattended(&self, pools: &BTreeSet<String>) -> Vec<String> {
        let listed = self.options.queueing.targets.iter();
        let listed = listed.map(|ListedTarget { target, .. }| target);
        let mut targets: Vec<&Target> = self.options.target.iter().chain(listed).collect();
        targets.dedup();
        let empty = targets.into_iter().filter(|it| !pools.contains(&it.pool()));
        empty
            .map(|target| format!("_target {target} has no agent in it"))
            .collect()
    }

    fn fills(&self, option: &str) -> bool {
        self.with_tokens().any(|(spec, _)| spec.name == option)
    }
}

/// Options of the question to the customer go by other names than those of status notifications.
fn of_push(problem: String) -> String {
    problem.replace("_status_notification_", "_push_notification_")
}

/// What a service is told that has nobody ask the customer.
pub const NOBODY_ASKED: &str = "_wait_for_user_confirm is true, but nobody asks the customer: must have \
     _push_notification_provider, or _push_notification_target, or status notifications of its own";
