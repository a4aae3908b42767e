//! Routes, each declared together with what it needs: there is no way to add one without.

use std::collections::HashMap;

use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, on};
use axum::{Extension, Router};

use super::roles::Permission;

/// What a route needs, and what it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    pub(super) permission: Permission,
    pub(super) scope: Scope,
    /// The kind of things that it changes, for the audit.
    pub(super) change: Option<&'static str>,
    /// Its body may come for as long as pieces of it do.
    pub(super) streams: bool,
}

/// Whose callbacks a route is about: a service with a login of its own admits its login and whoever is above services.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// Nothing that belongs to one service.
    Nothing,
    /// The service that the first parameter of the path names.
    Service,
    /// The service of the callback that the first parameter of the path names.
    Callback,
    /// The service of the callback that `_id` names in the query, when it is there.
    CallbackInQuery,
}

impl Scope {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "",
            Self::Service => "its service",
            Self::Callback | Self::CallbackInQuery => "the service of its callback",
        }
    }
}

impl Rule {
    const fn of(permission: Permission) -> Self {
        Self {
            permission,
            scope: Scope::Nothing,
            change: None,
            streams: false,
        }
    }

    /// Open to everybody, unauthenticated.
    pub const fn everybody() -> Self {
        Self::of(Permission::Everybody)
    }

    /// Asks about callbacks as their requesters do.
    pub const fn ask() -> Self {
        Self::of(Permission::Ask)
    }

    /// Starts, changes or ends callbacks or subscriptions.
    pub const fn request() -> Self {
        Self::of(Permission::Request)
    }

    /// Reads anything.
    pub const fn read() -> Self {
        Self::of(Permission::Read)
    }

    /// Acts for the agent that the first parameter of the path names.
    pub const fn own_agent() -> Self {
        Self::of(Permission::OwnAgent)
    }

    /// Works on callbacks, agents and deliveries.
    pub const fn supervise() -> Self {
        Self::of(Permission::Supervise)
    }

    /// Has notifications told again.
    pub const fn replay() -> Self {
        Self::of(Permission::Replay)
    }

    /// Pauses and resumes services.
    pub const fn pause() -> Self {
        Self::of(Permission::Pause)
    }

    /// Erases people.
    pub const fn erase() -> Self {
        Self::of(Permission::Erase)
    }

    /// Changes settings.
    pub const fn configure() -> Self {
        Self::of(Permission::Configure)
    }

    /// Reads what has become of callbacks, counted.
    pub const fn report() -> Self {
        Self::of(Permission::Report)
    }

    /// Reads who has changed what.
    pub const fn audit() -> Self {
        Self::of(Permission::Audit)
    }

    /// The first parameter of the path names the service it is about.
    pub const fn of_service(self) -> Self {
        let scope = Scope::Service;
        Self { scope, ..self }
    }

    /// The first parameter of the path names the callback it is about.
    pub const fn of_callback(self) -> Self {
        let scope = Scope::Callback;
        Self { scope, ..self }
    }

    /// `_id` in the query names the callback it is about.
    pub const fn of_callback_in_query(self) -> Self {
        let scope = Scope::CallbackInQuery;
        Self { scope, ..self }
    }

    /// It reads its body as it comes, and says itself how long that may take.
    pub const fn streams(self) -> Self {
        Self {
            streams: true,
            ..self
        }
    }

    /// It changes things of this kind, which the audit tells.
    pub const fn changes(self, kind: &'static str) -> Self {
        let change = Some(kind);
        Self { change, ..self }
    }
}

/// What a route states, to be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stated {
    /// As the route has it, with names of parameters.
    pub path: String,
    /// The method.
    pub method: String,
    /// What the caller's role must allow.
    pub permission: &'static str,
    /// Which service's login lets in; empty when none does.
    pub scope: &'static str,
    /// The kind of things that it changes, for the audit.
    pub change: Option<&'static str>,
}

/// The rules of routes, by path and method.
#[derive(Clone, Debug, Default)]
pub struct Rules(HashMap<String, Vec<(Method, Rule)>>);

impl Rules {
    /// The rule of a request that a route takes. HEAD is answered as GET.
    pub(super) fn rule(&self, path: &str, method: &Method) -> Option<Rule> {
        let method = if method == Method::HEAD {
            &Method::GET
        } else {
            method
        };
        let of_path = self.0.get(path)?;
        let known = of_path.iter().find(|(known, _)| known == method);
        known.map(|(_, rule)| *rule)
    }

    /// Whether a path has any route.
    pub(super) fn has(&self, path: &str) -> bool {
        self.0.contains_key(path)
    }

    /// All of them, in order.
    pub(crate) fn stated(self) -> Vec<Stated> {
        let mut stated = Vec::new();
        for (path, rules) in self.0 {
            for (method, rule) in rules {
                let (path, method) = (path.clone(), method.to_string());
                stated.push(Stated {
                    method,
                    path,
                    permission: rule.permission.as_str(),
                    scope: rule.scope.as_str(),
                    change: rule.change,
                });
            }
        }
        stated.sort();
        stated
    }

    fn add(&mut self, path: &str, method: Method, rule: Rule) {
        self.0
            .entry(path.to_owned())
            .or_default()
            .push((method, rule));
    }

    fn extend(&mut self, other: Self, prefix: &str) {
        for (path, rules) in other.0 {
            let path = format!("{prefix}{path}");
            self.0.entry(path).or_default().extend(rules);
        }
    }
}

/// A router that only takes routes with a rule.
#[derive(Clone)]
pub struct Routes<S> {
    router: Router<S>,
    rules: Rules,
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    pub fn new() -> Self {
        Self {
            router: Router::new(),
            rules: Rules::default(),
        }
    }

    pub fn get<H: Handler<T, S>, T: 'static>(self, path: &str, rule: Rule, handler: H) -> Self {
        self.on((MethodFilter::GET, Method::GET), path, rule, handler)
    }

    pub fn post<H: Handler<T, S>, T: 'static>(self, path: &str, rule: Rule, handler: H) -> Self {
        self.on((MethodFilter::POST, Method::POST), path, rule, handler)
    }

    pub fn put<H: Handler<T, S>, T: 'static>(self, path: &str, rule: Rule, handler: H) -> Self {
        self.on((MethodFilter::PUT, Method::PUT), path, rule, handler)
    }

    pub fn delete<H: Handler<T, S>, T: 'static>(self, path: &str, rule: Rule, handler: H) -> Self {
        self.on((MethodFilter::DELETE, Method::DELETE), path, rule, handler)
    }

    fn on<H: Handler<T, S>, T: 'static>(
        mut self,
        (filter, method): (MethodFilter, Method),
        path: &str,
        rule: Rule,
        handler: H,
    ) -> Self {
        self.rules.add(path, method, rule);
        self.router = self.router.route(path, on(filter, handler));
        self
    }

    /// All of `other`, too.
    pub fn merge(mut self, other: Self) -> Self {
        self.rules.extend(other.rules, "");
        self.router = self.router.merge(other.router);
        self
    }

    /// All of `other`, below `prefix`.
    pub fn nest(mut self, prefix: &str, other: Self) -> Self {
        self.rules.extend(other.rules, prefix);
        self.router = self.router.nest(prefix, other.router);
        self
    }

    /// Each of its handlers finds `value`.
    pub fn telling<T: Clone + Send + Sync + 'static>(mut self, value: T) -> Self {
        self.router = self.router.layer(Extension(value));
        self
    }

    /// Its handlers have their state; whoever it is merged with may have another.
    pub fn with_state<S2>(self, state: S) -> Routes<S2> {
        let Self { router, rules } = self;
        let router = router.with_state(state);
        Routes { router, rules }
    }

    /// The plain router, and the rules that a check must hold over it.
    pub fn into_parts(self) -> (Router<S>, Rules) {
        (self.router, self.rules)
    }
}
