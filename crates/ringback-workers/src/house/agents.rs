//! Agents as documents.

use ringback_core::agent::{Agent, AgentState, Release};
use ringback_core::ids::{AgentId, CallbackId};
use ringback_core::key::Key;
use ringback_ports::bus::Bus;
use ringback_ports::store::{Change, Document, Put, Store};

use super::{Committed, House, HouseError, decode, encode, index_changes};
use crate::hint::Hint;

/// An agent in hand.
#[derive(Clone, Debug)]
pub struct AgentDocument {
    /// The agent.
    pub agent: Agent,
    /// The version it was read at; 0 for a new one.
    pub version: u64,
}

/// An agent that a callback no longer needs.
#[derive(Clone, Copy, Debug)]
pub struct LetGo<'a> {
    /// Who.
    pub agent: &'a AgentId,
    /// The callback that held it.
    pub from: &'a CallbackId,
    /// What it does next.
    pub how: Release,
}

impl<S: Store, B: Bus> House<S, B> {
    /// Takes agents in hand, in the order of `ids`.
    ///
    /// # Errors
    /// When the store is away. One that cannot be read is passed over.
    pub async fn hold_agents(
        &self,
        ids: &[AgentId],
    ) -> Result<Vec<Option<AgentDocument>>, HouseError> {
        let keys: Vec<Key> = ids.iter().map(AgentId::key).collect();
        let documents = self.store.get(&keys).await?;
        let held = keys.iter().zip(documents).map(|(key, document)| {
            let document = document?;
            self.readable(key, document.version, agent_of(key, &document))
        });
        Ok(held.collect())
    }

    /// Takes one agent in hand.
    ///
    /// # Errors
    /// When the store is away or the agent cannot be read.
    pub async fn hold_agent(&self, id: &AgentId) -> Result<Option<AgentDocument>, HouseError> {
        let key = id.key();
        let found = self.store.get(std::slice::from_ref(&key)).await?.pop();
        let read =
            |document: Document| self.note_read(&key, document.version, agent_of(&key, &document));
        found.flatten().map(read).transpose()
    }

    /// Writes an agent as it shall be. When that makes it ready, the schedulers hear of it.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn commit_agent(
        &self,
        old: &AgentDocument,
        new: &Agent,
    ) -> Result<Committed, HouseError> {
        let key = new.id.key();
        let listed = if old.version == 0 {
            Vec::new()
        } else {
            old.agent.listings()
        };
        let put = Put {
            version: old.version,
            body: encode(&key, new)?,
            alarm: new.alarm(),
            log: Vec::new(),
            indexes: index_changes(&listed, new.listings()),
            key,
        };
        if self.write(vec![Change::Put(put)]).await? == Committed::Conflict {
            return Ok(Committed::Conflict);
        }
        if let Some(missed) = new.missed().filter(|_| old.agent.missed().is_none()) {
            self.counters.agents_not_answering.add(1);
            tracing::warn!(
                agent = %new.id, callback.id = %missed.callback,
                ready_at = missed.ready_at.map(tracing::field::display),
                "an agent did not answer and is not ready"
            );
        }
        if matches!(new.state, AgentState::Ready { .. }) {
            self.hints.send(Hint::Pools(new.pools()));
        }
        Ok(Committed::Yes)
    }

    /// Removes an agent.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn remove_agent(&self, held: &AgentDocument) -> Result<Committed, HouseError> {
        let indexes = held
            .agent
            .listings()
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        let key = held.agent.id.key();
        let changes = vec![Change::Delete {
            key,
            version: held.version,
            indexes,
        }];
        self.write(changes).await
    }

    /// Changes an agent until nobody else was first; `None` when `change` has nothing to do or there is no such agent.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn change_agent(
        &self,
        id: &AgentId,
        change: impl Fn(Agent) -> Option<Agent> + Send,
    ) -> Result<Option<AgentDocument>, HouseError> {
        let Some(mut held) = self.hold_agent(id).await? else {
            return Ok(None);
        };
        let changed = self.change_held_agent(&mut held, change).await?;
        Ok(changed.then_some(held))
    }

    /// Changes an agent in hand, which is read again only when somebody else was first. `false` when `change` has
    /// nothing to do.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn change_held_agent(
        &self,
        held: &mut AgentDocument,
        change: impl Fn(Agent) -> Option<Agent> + Send,
    ) -> Result<bool, HouseError> {
        loop {
            let Some(new) = change(held.agent.clone()) else {
                return Ok(false);
            };
            if self.commit_agent(held, &new).await? == Committed::Yes {
                *held = AgentDocument {
                    agent: new,
                    version: held.version + 1,
                };
                return Ok(true);
            }
            let id = held.agent.id.clone();
            let Some(again) = self.hold_agent(&id).await? else {
                return Ok(false);
            };
            *held = again;
        }
    }

    /// Lets an agent go.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn release_agent(&self, let_go: LetGo<'_>) -> Result<(), HouseError> {
        let now = self.clock.now();
        let LetGo { agent, from, how } = let_go;
        let released = self.change_agent(agent, |agent| agent.release(from, how, now));
        match released.await {
            // The callback goes on without.
            Ok(_) | Err(HouseError::Unreadable { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

fn agent_of(key: &Key, document: &Document) -> Result<AgentDocument, HouseError> {
    Ok(AgentDocument {
        agent: decode(key, &document.body)?,
        version: document.version,
    })
}
