//! Asks who is there.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, header};
use ringback_core::ids::ServiceName;
use ringback_core::session::SessionId;
use ringback_ports::desk::{Desk, Refusal};

use super::about::About;
use super::caller::Caller;
use super::lockout::{self, Guesser, Lockout};
use super::password::Busy;
use super::sessions::Sessions;
use super::users::{self, Known, Users};

/// Asks everybody who they are: the house's users and keys, and the logins of services. Without users everybody is let
/// in, but to services with a login.
#[derive(Clone)]
pub(super) struct Gatekeeper(Arc<Inner>);

struct Inner {
    users: Users,
    lockout: Lockout,
    sessions: Sessions,
}

/// Why somebody is turned away.
pub(super) enum Turned {
    /// It has not shown who it is.
    Unknown,
    /// It has shown neither the login of the service nor who is above it.
    Guarded(ServiceName),
    /// It has failed too often.
    Wait(Duration),
    /// Too many others are asked who they are.
    Busy,
    /// Nobody can tell now.
    Refused(Refusal),
}

impl From<Busy> for Turned {
    fn from(Busy: Busy) -> Self {
        Self::Busy
    }
}

impl From<Refusal> for Turned {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// The longest credentials that are looked at, in bytes of Base64.
const LONGEST: usize = 2048;

/// What somebody shows: HTTP Basic (RFC 7617), a bearer key (RFC 6750) or, with a browser, a session.
pub(super) enum Shown {
    Password(String, String),
    Key(String),
    Session(SessionId),
}

impl Shown {
    /// What the headers of a request show, or its session.
    pub fn read(headers: &HeaderMap, session: Option<SessionId>) -> Option<Self> {
        session.map(Self::Session).or_else(|| {
            let credentials = headers.get(header::AUTHORIZATION)?;
            Self::read_credentials(credentials.to_str().ok()?)
        })
    }

    fn read_credentials(text: &str) -> Option<Self> {
        let (scheme, credentials) = text.split_once(' ')?;
        if scheme.eq_ignore_ascii_case("bearer") {
            return Some(Self::Key(credentials.trim().to_owned()));
        }
        let is_basic = scheme.eq_ignore_ascii_case("basic");
        let is_short = credentials.len() <= LONGEST;
        let (name, password) =
            users::read_basic(credentials.trim()).filter(|_| is_basic && is_short)?;
        Some(Self::Password(name, password))
    }

    /// Who claims it, of the users or of this service. Each login counts its failures alone, so that whoever has one
    /// cannot make those with another forgotten.
    fn guesser(&self, service: Option<&ServiceName>, from: Option<IpAddr>) -> Guesser {
        let name: String = match self {
            Self::Password(name, _) => name.chars().take(80).collect(),
            Self::Key(_) | Self::Session(_) => String::new(),
        };
        let claimed = service.map_or_else(|| name.clone(), |service| format!("{service}\0{name}"));
        (claimed, from)
    }
}

/// A service with a login.
struct Guarded<'a> {
    service: &'a ServiceName,
    login: (&'a str, &'a str),
}

impl Gatekeeper {
    /// For these users and keys.
    pub fn new(users: Users) -> Self {
        let (lockout, sessions) = (Lockout::default(), Sessions::default());
        Self(Arc::new(Inner {
            users,
            lockout,
            sessions,
        }))
    }

    /// Who it is.
    pub(super) async fn know<D: Desk>(
        &self,
        desk: &D,
        about: About,
        shown: Option<Shown>,
        from: Option<IpAddr>,
    ) -> Result<Caller, Turned> {
        if shown.is_none() && !self.0.users.is_empty() {
            return Err(Turned::Unknown);
        }
        let service = match about {
            About::Nothing => None,
            About::Service(service) => Some(service),
            About::Callback(id) => desk.service_of(&id).await?,
        };
        let access = match &service {
            Some(service) => desk.access(service).await?,
            None => Default::default(),
        };
        let from = from.map(lockout::network);
        let guarded = service.as_ref().zip(access.login());
        if let Some(Shown::Session(id)) = &shown
            && !self.0.users.is_empty()
        {
            let caller = self.in_session(desk, id).await?;
            let lacks = guarded.filter(|_| !caller.is_above_services());
            return lacks.map_or(Ok(caller), |(service, _)| {
                Err(Turned::Guarded(service.clone()))
            });
        }
        // Without users a session that is left over shows nothing.
        let shown = shown.filter(|it| !matches!(it, Shown::Session(_)));
        match guarded {
            Some((service, login)) => self.guarded(Guarded { service, login }, shown, from).await,
            None => self.open(shown, from).await,
        }
    }

    /// Who has begun a session, as the users say now.
    async fn in_session<D: Desk>(&self, desk: &D, id: &SessionId) -> Result<Caller, Turned> {
        let name = self.0.sessions.user(desk, id).await?;
        let name = name.ok_or(Turned::Unknown)?;
        let role = self.0.users.role(&name).ok_or(Turned::Unknown)?;
        Ok(Caller::User { name, role })
    }

    /// A session is ended.
    pub(super) fn forget(&self, id: &SessionId) {
        self.0.sessions.forget(id);
    }

    /// Who shows this password.
    pub(super) async fn log_in(
        &self,
        name: String,
        password: String,
        from: Option<IpAddr>,
    ) -> Result<Caller, Turned> {
        let shown = Shown::Password(name, password);
        self.open(Some(shown), from.map(lockout::network)).await
    }

    async fn open(&self, shown: Option<Shown>, from: Option<IpAddr>) -> Result<Caller, Turned> {
        if self.0.users.is_empty() {
            return Ok(Caller::Anybody);
        }
        let shown = shown.ok_or(Turned::Unknown)?;
        if let Some(Known { name, role }) = self.known(&shown) {
            return Ok(Caller::User { name, role });
        }
        let guesser = shown.guesser(None, from);
        self.wait(&guesser)?;
        match self.user(&shown, from).await? {
            Some(Known { name, role }) => {
                self.0.lockout.succeeded(&guesser);
                Ok(Caller::User { name, role })
            }
            None => {
                self.0.lockout.failed(guesser, Instant::now());
                Err(Turned::Unknown)
            }
        }
    }

    async fn guarded(
        &self,
        guarded: Guarded<'_>,
        shown: Option<Shown>,
        from: Option<IpAddr>,
    ) -> Result<Caller, Turned> {
        let Guarded { service, login } = guarded;
        let turned = || Turned::Guarded(service.clone());
        let shown = shown.ok_or_else(turned)?;
        let by_login = || Ok(Caller::Service(service.clone()));
        let by_user = |Known { name, role }| {
            let caller = Caller::User { name, role };
            let may = caller.is_above_services();
            may.then_some(caller).ok_or_else(turned)
        };
        if let Shown::Password(name, password) = &shown
            && self.0.users.remembers_login((name, password), login)
        {
            return by_login();
        }
        if let Some(known) = self.known(&shown) {
            return by_user(known);
        }
        let guessers = [Some(service), None].map(|of| shown.guesser(of, from));
        guessers.iter().try_for_each(|it| self.wait(it))?;
        let [of_service, of_user] = guessers;
        if let Shown::Password(name, password) = &shown {
            let (users, shown) = (&self.0.users, (name.as_str(), password.as_str()));
            if users.is_login(shown, login, from).await? {
                self.0.lockout.succeeded(&of_service);
                return by_login();
            }
        }
        let Some(known) = self.user(&shown, from).await? else {
            let now = Instant::now();
            self.0.lockout.failed(of_service, now);
            self.0.lockout.failed(of_user, now);
            return Err(turned());
        };
        self.0.lockout.succeeded(&of_user);
        by_user(known)
    }

    /// Who it is, when that is known without a check: by a key, which nobody guesses, or by a password that was right
    /// before. Whoever guesses from the same address takes nothing from them.
    fn known(&self, shown: &Shown) -> Option<Known> {
        match shown {
            Shown::Password(name, password) => self.0.users.remembered(name, password),
            Shown::Key(key) => self.0.users.by_key(key),
            Shown::Session(_) => None,
        }
    }

    async fn user(&self, shown: &Shown, from: Option<IpAddr>) -> Result<Option<Known>, Busy> {
        match shown {
            Shown::Password(name, password) => self.0.users.by_password(name, password, from).await,
            Shown::Key(key) => Ok(self.0.users.by_key(key)),
            Shown::Session(_) => Ok(None),
        }
    }

    fn wait(&self, guesser: &Guesser) -> Result<(), Turned> {
        let wait = self.0.lockout.wait(guesser, Instant::now());
        wait.map_or(Ok(()), |wait| Err(Turned::Wait(wait)))
    }
}
