//! Agents, as people manage them.

use std::collections::BTreeSet;

use ringback_core::agent::{Agent, AgentState, AgentWish, Profile, all_agents_index};
use ringback_core::ids::AgentId;
use ringback_ports::bus::Bus;
use ringback_ports::desk::{AgentPage, Refusal, RefusalKind};
use ringback_ports::store::Store;

use super::desk::FrontDesk;
use super::refusals::{refuse, refuse_store};
use crate::house::{AgentDocument, Committed};

/// The most agents that are looked through.
const MOST: usize = 1_000_000;
/// How many agents are read at once.
const AT_ONCE: usize = 1000;
/// The longest name of an agent, a group, a place.
const LONGEST: usize = 128;
/// The most groups an agent is in.
const MOST_GROUPS: usize = 64;
/// The longest time an agent is left alone after a call, in seconds.
const LONGEST_WRAP_UP: u64 = 86_400;
/// The longest time an agent who did not answer is not ready by itself, in seconds.
const LONGEST_PAUSE: u64 = 86_400;

impl<S: Store, B: Bus> FrontDesk<S, B> {
    pub(super) async fn agents_after(
        &self,
        after: Option<AgentId>,
        limit: usize,
    ) -> Result<AgentPage, Refusal> {
        // They are listed by name, all under one score: a page begins where one has counted to.
        let most = if after.is_some() { MOST } else { limit + 1 };
        let ids = self.agent_names(most).await?.into_iter();
        let is_behind = |id: &AgentId| {
            let after = after.as_ref();
            after.is_none_or(|after| id.as_str() > after.as_str())
        };
        let mut ids: Vec<AgentId> = ids.filter(is_behind).take(limit + 1).collect();
        let is_cut = ids.len() > limit;
        ids.truncate(limit);
        let held = self.house.hold_agents(&ids).await.map_err(refuse)?;
        Ok(AgentPage {
            agents: held.into_iter().flatten().map(|held| held.agent).collect(),
            next: ids.pop().filter(|_| is_cut),
        })
    }

    /// The pools that agents are in.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn staffed_pools(&self) -> Result<BTreeSet<String>, Refusal> {
        let mut pools = BTreeSet::new();
        for ids in self.agent_names(MOST).await?.chunks(AT_ONCE) {
            let held = self.house.hold_agents(ids).await.map_err(refuse)?;
            pools.extend(held.iter().flatten().flat_map(|held| held.agent.pools()));
        }
        Ok(pools)
    }

    async fn agent_names(&self, most: usize) -> Result<Vec<AgentId>, Refusal> {
        let listed = self.house.store.range(&all_agents_index(), 0, most).await;
        let ids = listed.map_err(refuse_store)?.into_iter();
        Ok(ids.map(|entry| AgentId::new(entry.id)).collect())
    }

    pub(super) async fn find_agent(&self, id: &AgentId) -> Result<Agent, Refusal> {
        let held = self.house.hold_agent(id).await.map_err(refuse)?;
        held.map(|held| held.agent).ok_or_else(|| no_agent(id))
    }

    pub(super) async fn write_agent(
        &self,
        id: AgentId,
        profile: Profile,
    ) -> Result<Agent, Refusal> {
        check(&id, &profile)?;
        loop {
            let held = self.house.hold_agent(&id).await.map_err(refuse)?;
            let old = held.unwrap_or_else(|| {
                let (id, profile) = (id.clone(), profile.clone());
                let state = AgentState::NotReady { missed: None };
                AgentDocument {
                    agent: Agent {
                        id,
                        profile,
                        handle_ms: None,
                        state,
                    },
                    version: 0,
                }
            });
            let new = Agent {
                profile: profile.clone(),
                ..old.agent.clone()
            };
            if self.house.commit_agent(&old, &new).await.map_err(refuse)? == Committed::Yes {
                return Ok(new);
            }
        }
    }

    pub(super) async fn remove_agent(&self, id: &AgentId) -> Result<(), Refusal> {
        loop {
            let held = self.house.hold_agent(id).await.map_err(refuse)?;
            let Some(held) = held else {
                return Err(no_agent(id));
            };
            if let AgentState::Engaged(_) | AgentState::Reserved { .. } = held.agent.state {
                let message = format!("agent '{id}' is in a callback");
                return Err(Refusal::new(RefusalKind::Conflict, message));
            }
            if self.house.remove_agent(&held).await.map_err(refuse)? == Committed::Yes {
                return Ok(());
            }
        }
    }

    pub(super) async fn follow_wish(
        &self,
        id: &AgentId,
        wish: AgentWish,
    ) -> Result<Agent, Refusal> {
        let now = self.house.clock.now();
        let changed = self
            .house
            .change_agent(id, |agent| Some(agent.wish(wish, now)))
            .await;
        let changed = changed.map_err(refuse)?.ok_or_else(|| no_agent(id))?;
        Ok(changed.agent)
    }
}

fn check(id: &AgentId, profile: &Profile) -> Result<(), Refusal> {
    let invalid = |message: String| Err(Refusal::new(RefusalKind::Invalid, message));
    let legal = |text: &str| text.len() <= LONGEST && !text.chars().any(char::is_control);
    if id.as_str().is_empty() || !legal(id.as_str()) {
        let name: String = id.as_str().chars().take(80).collect();
        return invalid(format!(
            "'{name}' is no name of an agent: allowed are 1 to {LONGEST} bytes without control characters"
        ));
    }
    if profile.dn.is_empty() || !legal(&profile.dn) {
        let dn: String = profile.dn.chars().take(80).collect();
        return invalid(format!(
            "agent '{id}': dn '{dn}': allowed are 1 to {LONGEST} bytes without control characters"
        ));
    }
    if profile.wrap_up > LONGEST_WRAP_UP {
        let wrap_up = profile.wrap_up;
        return invalid(format!(
            "agent '{id}': wrap_up {wrap_up}: allowed are 0 to {LONGEST_WRAP_UP}"
        ));
    }
    if profile.no_answer_pause > LONGEST_PAUSE {
        let pause = profile.no_answer_pause;
        return invalid(format!(
            "agent '{id}': no_answer_pause {pause}: allowed are 0 to {LONGEST_PAUSE}"
        ));
    }
    if profile.groups.len() > MOST_GROUPS {
        let count = profile.groups.len();
        return invalid(format!(
            "agent '{id}' has {count} groups: allowed are {MOST_GROUPS}"
        ));
    }
    let names = profile
        .groups
        .iter()
        .chain([&profile.place, &profile.switch]);
    match names.into_iter().find(|name| !legal(name)) {
        Some(name) => {
            let name: String = name.chars().take(80).collect();
            invalid(format!(
                "agent '{id}': '{name}': allowed are at most {LONGEST} bytes without control characters"
            ))
        }
        None => Ok(()),
    }
}

fn no_agent(id: &AgentId) -> Refusal {
    let id: String = id.as_str().chars().take(80).collect();
    Refusal::new(
        RefusalKind::NotFound,
        format!("agent '{id}' does not exist"),
    )
}
