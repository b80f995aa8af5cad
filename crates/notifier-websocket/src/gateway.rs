//! The handshake: who may open a socket, and where it begins.

use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::{Method, header};
use actix_web::{Error, FromRequest, HttpRequest, HttpResponse, web};
use bytestring::ByteString;
use parlour_domain::port::{Clock, ReadError};
use parlour_domain::usecase::{Authenticate, AuthenticateError, ReadInbox};
use parlour_domain::{Caller, Credential, Seq};
use serde::de::{Deserialize, Deserializer, Error as _};
use tokio_util::task::task_tracker::TaskTrackerToken;
use tracing::field::display;
use tracing::{Instrument, Span};

use crate::Hub;
use crate::farewell::Farewell;
use crate::feed::Feed;
use crate::gate::Gate;
use crate::hub::Registration;
use crate::incoming::Incoming;
use crate::outlet::Outlet;
use crate::session::{Conversation, Session};
use crate::watch::Watch;

/// What `/ws` needs.
pub struct Gateway {
    /// Where the sockets are registered; it has their limits, too.
    pub hub: Hub,
    /// Finds out who holds a credential.
    pub authenticate: Arc<Authenticate>,
    /// What sockets resume from.
    pub inbox: Arc<ReadInbox>,
    /// Tells when a session ends.
    pub clock: Arc<dyn Clock>,
    /// Where a request carries its credential.
    pub credential_of: fn(&HttpRequest) -> Option<Credential>,
}

/// The method and the path of every route of this crate.
#[must_use]
pub fn route_table() -> Vec<(Method, &'static str)> {
    vec![(Method::GET, PATH)]
}

const PATH: &str = "/ws";

/// Registers `GET /ws`. A `since` that cannot be read is refused through the application's `QueryConfig`.
pub fn configure(config: &mut web::ServiceConfig, gateway: web::Data<Gateway>) {
    let other_methods = || async { HttpResponse::MethodNotAllowed().insert_header((header::ALLOW, "GET")).finish() };
    let resource = web::resource(PATH).app_data(gateway).route(web::get().to(connect));
    config.service(resource.default_service(web::to(other_methods)));
}

#[derive(serde::Deserialize)]
struct Start {
    #[serde(default, deserialize_with = "place")]
    since: Option<Seq>,
}

fn place<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Seq>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|_| is_number);
    number
        .map(|number| Some(Seq::new(number)))
        .ok_or_else(|| D::Error::custom("since must be a whole number from 0 on"))
}

async fn connect(
    request: HttpRequest,
    start: web::Query<Start>,
    body: web::Payload,
    gateway: web::Data<Gateway>,
) -> Result<HttpResponse, Error> {
    let limits = gateway.hub.limits();
    let gate = Box::pin(Gate::new(body.into_inner(), limits.message_bytes));
    let body = web::Payload::from_request(&request, &mut Payload::Stream { payload: gate }).await?;
    let (response, session, messages) = actix_ws::handle(&request, body)?;
    let outlet = Outlet::new(session, limits.send_timeout);
    match gateway.admit_in_time(&request, start.since).await {
        Ok(admitted) => {
            let incoming = Incoming::new(messages, limits.message_bytes);
            gateway.open(admitted, incoming, outlet);
        }
        Err(farewell) => {
            tracing::debug!(?farewell, "socket refused");
            outlet.close(&farewell).await;
        }
    }
    Ok(response)
}

/// A registered socket that knows where it begins.
struct Admitted {
    credential: Credential,
    attendance: TaskTrackerToken,
    registration: Registration,
    feed: Feed,
    greeting: Option<ByteString>,
}

impl Gateway {
    async fn admit_in_time(&self, request: &HttpRequest, since: Option<Seq>) -> Result<Admitted, Farewell> {
        let patience = self.hub.limits().stores_answer_within;
        tokio::time::timeout(patience, self.admit(request, since)).await.unwrap_or_else(|_| {
            tracing::warn!("socket refused for want of a store that answers in time");
            Err(Farewell::Unavailable)
        })
    }

    /// Lets a socket in. It is in the hub before the place where it begins is read, and that before the handshake is
    /// answered: whoever sees the answer misses no event after it.
    async fn admit(&self, request: &HttpRequest, since: Option<Seq>) -> Result<Admitted, Farewell> {
        let credential = (self.credential_of)(request).ok_or(Farewell::Unauthorized)?;
        let caller = self.caller(&credential).await?;
        note(&caller);
        let attendance = self.hub.attend();
        let registration = self.hub.register(caller)?;
        // A session that was revoked before the socket was registered had no socket to close; now it would have.
        self.caller(&credential).await?;
        let mailbox = registration.mailbox();
        let limits = self.hub.limits();
        let mut feed = Feed::new(Arc::clone(&self.inbox), Arc::clone(mailbox), limits.clone());
        let greeting = match since {
            Some(since) => {
                let view = self.inbox.execute(caller.user_id, since, limits.page).await.map_err(|e| unreadable(&e))?;
                Some(feed.resume(since, view))
            }
            None => {
                let heads = self.inbox.heads(&[caller.user_id]).await.map_err(|error| unreadable(&error))?;
                mailbox.set_sent(heads.first().map_or(Seq::ZERO, |(_, head)| *head));
                None
            }
        };
        Ok(Admitted { credential, attendance, registration, feed, greeting })
    }

    async fn caller(&self, credential: &Credential) -> Result<Caller, Farewell> {
        self.authenticate.execute(credential).await.map_err(|error| match error {
            AuthenticateError::NoSession | AuthenticateError::NotProvisioned(_) => Farewell::Unauthorized,
            AuthenticateError::Read(error) => unreadable(&error),
            AuthenticateError::Unavailable(_) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "socket refused for want of keys");
                Farewell::Unavailable
            }
        })
    }

    fn open(&self, admitted: Admitted, incoming: Incoming, outlet: Outlet) {
        let Admitted { credential, attendance, registration, feed, greeting } = admitted;
        let Caller { user_id, session_id, .. } = registration.mailbox().caller();
        let session_id = session_id.map(display);
        let span = tracing::info_span!(parent: None, "socket", %user_id, session_id);
        let limits = self.hub.limits().clone();
        let (patience, at_least_every) = (limits.stores_answer_within, limits.session_looked_at_every);
        let session = Session {
            registration,
            conversation: Conversation { greeting, feed, incoming, outlet, limits },
            watch: Watch {
                authenticate: Arc::clone(&self.authenticate),
                credential,
                clock: Arc::clone(&self.clock),
                at_least_every,
                patience,
            },
            attendance,
        };
        actix_web::rt::spawn(session.run().instrument(span));
    }
}

/// Tells the log whose handshake this is, in the fields that the span of a request has for that.
fn note(caller: &Caller) {
    let span = Span::current();
    span.record("user_id", display(caller.user_id));
    if let Some(session) = caller.session_id {
        span.record("session_id", display(session));
    }
}

/// A store that fails must not look like a session that is over: clients stop for good on that.
fn unreadable(error: &ReadError) -> Farewell {
    let farewell = match error {
        ReadError::Unavailable(_) => Farewell::Unavailable,
        ReadError::Corrupt(_) => Farewell::Corrupt,
    };
    tracing::warn!(error = error as &dyn std::error::Error, "socket refused for want of a store");
    farewell
}
