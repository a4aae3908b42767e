//! Chats: what a customer by a link and an agent by its name do in the room of a callback.

use std::future::Future;

use ringback_core::agent::Agent;
use ringback_core::chat::Line;
use ringback_core::ids::{AgentId, CallbackId, ServiceName};

use super::Refusal;

/// Who is in a chat.
#[derive(Clone)]
pub enum Chatter {
    /// Whoever shows this key of a link.
    Customer(String),
    /// The agent of this name.
    Agent(AgentId),
}

/// How a chat stands.
#[derive(Clone, Debug)]
pub struct ChatView {
    /// What is new, in order.
    pub lines: Vec<Line>,
    /// What to ask after next time.
    pub next: u64,
    /// Whether the agent is there.
    pub with_agent: bool,
    /// Whether nothing can be written any more.
    pub over: bool,
}

/// A chat that an agent is asked into, or is in.
#[derive(Clone, Debug)]
pub struct AgentChat {
    /// Whose it is.
    pub callback: CallbackId,
    /// Its service.
    pub service: ServiceName,
    /// Whether the agent has come in.
    pub joined: bool,
}

/// Lets people chat.
pub trait ChatDesk: Clone + Send + Sync + 'static {
    /// Comes in. Repeating it is fine.
    ///
    /// # Errors
    /// When the link does not hold, or this agent is not asked in.
    fn join(
        &self,
        id: &CallbackId,
        who: &Chatter,
    ) -> impl Future<Output = Result<(), Refusal>> + Send;

    /// Reads on after the first `after` lines.
    ///
    /// # Errors
    /// When this one is not in the chat.
    fn read_chat(
        &self,
        id: &CallbackId,
        who: &Chatter,
        after: u64,
    ) -> impl Future<Output = Result<ChatView, Refusal>> + Send;

    /// Writes.
    ///
    /// # Errors
    /// When this one is not in the chat, it is over, or the text is too long.
    fn write_chat(
        &self,
        id: &CallbackId,
        who: &Chatter,
        text: String,
    ) -> impl Future<Output = Result<(), Refusal>> + Send;

    /// Goes: the chat is over. Repeating it is fine.
    ///
    /// # Errors
    /// When this one is not in the chat.
    fn leave(
        &self,
        id: &CallbackId,
        who: &Chatter,
    ) -> impl Future<Output = Result<(), Refusal>> + Send;

    /// The chat that an agent is asked into, or is in.
    ///
    /// # Errors
    /// When the store is away.
    fn chat_of(
        &self,
        agent: &Agent,
    ) -> impl Future<Output = Result<Option<AgentChat>, Refusal>> + Send;
}
