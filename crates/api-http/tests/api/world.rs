//! The API wired over the reference store, a clock that stands still and ids that count.

mod doubles;
mod wire;

use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use actix_web::body::to_bytes;
use actix_web::http::header::HeaderMap;
use actix_web::test::{TestRequest, init_service};
use actix_web::{dev::Service, web};
use parlour_api_http::{Api, ApiConfig, Drain, Rates, app};
use parlour_domain::port::{
    CeremonyRepo, Clock, ContactRepo, IdSource, InboxRepo, PasskeyRepo, ProfileRepo, RoomRepo, SessionRepo,
    TokenVerifier, UserRepo,
};
use parlour_domain::usecase::IssueSession;
use parlour_domain::{DisplayName, SessionLifetime, User, UserId, Username};
use parlour_store_memory::MemoryStore;
use serde_json::{Value, json};

pub(crate) use self::doubles::{CountingIds, StoppedClock, Told};
use self::wire::wire;

pub(crate) const ORIGIN: &str = "http://localhost:3000";

/// The relying party, and where its pages are.
pub(crate) const RP_ID: &str = "chat.example";
pub(crate) const PAGE: &str = "https://web.chat.example";

/// The ports behind the API and what an operator chooses; a test replaces the one that it wants to fail or to change.
pub(crate) struct Ports {
    pub(crate) users: Arc<dyn UserRepo>,
    pub(crate) sessions: Arc<dyn SessionRepo>,
    pub(crate) passkeys: Arc<dyn PasskeyRepo>,
    pub(crate) ceremonies: Arc<dyn CeremonyRepo>,
    pub(crate) profiles: Arc<dyn ProfileRepo>,
    pub(crate) contacts: Arc<dyn ContactRepo>,
    pub(crate) rooms: Arc<dyn RoomRepo>,
    pub(crate) inboxes: Arc<dyn InboxRepo>,
    /// Who says what a signed token is worth; without it, nothing.
    pub(crate) verifier: Option<Arc<dyn TokenVerifier>>,
    pub(crate) lifetime: SessionLifetime,
    pub(crate) answer_within: Duration,
    pub(crate) rates: Rates,
    pub(crate) config: ApiConfig,
}

pub(crate) struct World {
    pub(crate) store: MemoryStore,
    pub(crate) clock: Arc<StoppedClock>,
    pub(crate) ids: Arc<CountingIds>,
    pub(crate) told: Arc<Told>,
    pub(crate) drain: Drain,
    pub(crate) api: web::Data<Api>,
}

/// Somebody with a session.
pub(crate) struct Person {
    pub(crate) id: UserId,
    pub(crate) token: String,
    username: &'static str,
    display_name: String,
}

impl Person {
    /// The same person with another token.
    pub(crate) fn with_token(&self, token: &str) -> Self {
        let Self { id, username, ref display_name, .. } = *self;
        Self { id, token: token.to_owned(), username, display_name: display_name.clone() }
    }

    /// This person among the participants of a room.
    pub(crate) fn seated(&self, role: &str, joined_at: &str) -> Value {
        json!({
            "user_id": self.id.to_string(), "username": self.username, "display_name": self.display_name,
            "role": role, "joined_at": joined_at,
        })
    }

    pub(crate) fn bearer(&self) -> (&'static str, String) {
        ("Authorization", format!("Bearer {}", self.token))
    }

    pub(crate) fn cookie(&self) -> (&'static str, String) {
        ("Cookie", format!("chat_session={}", self.token))
    }

    pub(crate) fn get(&self, path: &str) -> TestRequest {
        TestRequest::get().uri(path).insert_header(self.bearer())
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> TestRequest {
        TestRequest::post().uri(path).insert_header(self.bearer()).set_json(body)
    }

    pub(crate) fn patch(&self, path: &str, body: &Value) -> TestRequest {
        TestRequest::patch().uri(path).insert_header(self.bearer()).set_json(body)
    }

    pub(crate) fn put(&self, path: &str, body: &Value) -> TestRequest {
        TestRequest::put().uri(path).insert_header(self.bearer()).set_json(body)
    }

    pub(crate) fn delete(&self, path: &str) -> TestRequest {
        TestRequest::delete().uri(path).insert_header(self.bearer())
    }
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Checks that this is a problem document of that type and status, and gives it.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16, slug: &str) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        let document = self.json();
        assert_eq!(document["type"], format!("/problems/{slug}"), "{document}");
        assert_eq!(document["status"], status);
        assert_eq!(document["instance"], self.header("x-request-id").unwrap());
        assert!(document["detail"].is_string() && document["title"].is_string(), "{document}");
        document
    }

    /// The fields that a problem document names, in order.
    #[track_caller]
    pub(crate) fn fields(&self) -> Vec<String> {
        let document = self.problem(400, "malformed-request");
        let errors = document["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|error| error["field"].as_str().unwrap().to_owned()).collect()
    }

    /// The document without what differs from request to request.
    pub(crate) fn without_instance(&self) -> Value {
        let mut document = self.json();
        document.as_object_mut().unwrap().remove("instance");
        document
    }
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    /// A world in which `replace` has put other ports in the place of the reference store.
    pub(crate) fn with(replace: impl FnOnce(&mut Ports)) -> Self {
        Self::with_store(MemoryStore::new(), replace)
    }

    /// The same over this reference store, which the ports that are put in its place may know.
    pub(crate) fn with_store(store: MemoryStore, replace: impl FnOnce(&mut Ports)) -> Self {
        let whole = Arc::new(store.clone());
        let mut ports = Ports {
            users: whole.clone(),
            sessions: whole.clone(),
            passkeys: whole.clone(),
            ceremonies: whole.clone(),
            profiles: whole.clone(),
            contacts: whole.clone(),
            rooms: whole.clone(),
            inboxes: whole,
            verifier: None,
            lifetime: SessionLifetime::default(),
            answer_within: Duration::from_secs(60),
            rates: Rates::off(),
            config: ApiConfig { cors_origins: vec![ORIGIN.to_owned()], ..ApiConfig::default() },
        };
        replace(&mut ports);
        let clock = Arc::new(StoppedClock(AtomicI64::new(1_795_370_400_123_456)));
        let ids = Arc::new(CountingIds::default());
        let told = Arc::new(Told::default());
        let drain = Drain::default();
        let api = web::Data::new(wire(ports, &clock, &ids, &told, &drain));
        Self { store, clock, ids, told, drain, api }
    }

    /// Registers somebody of that name and gives them a session.
    pub(crate) async fn person(&self, username: &'static str) -> Person {
        let display_name = format!("{}{}", username[..1].to_uppercase(), &username[1..]);
        let id = self.insert(username, &display_name, true).await;
        Person { id, token: self.session(id).await, username, display_name }
    }

    /// Registers somebody who cannot be brought into a room.
    pub(crate) async fn inactive_user(&self, name: &str) -> UserId {
        self.insert(name, name, false).await
    }

    /// Registers somebody who never calls.
    pub(crate) async fn active_user(&self, name: &str) -> UserId {
        self.insert(name, name, true).await
    }

    async fn insert(&self, username: &str, display_name: &str, is_active: bool) -> UserId {
        let id = UserId::from_uuid(self.ids.uuid());
        let user = User {
            id,
            username: Username::parse(username).unwrap(),
            display_name: DisplayName::parse(display_name).unwrap(),
            is_active,
            is_verified: false,
            created_at: self.clock.now(),
        };
        UserRepo::insert(&self.store, user).await.unwrap();
        id
    }

    /// The token of another session.
    pub(crate) async fn session(&self, user: UserId) -> String {
        let store = Arc::new(self.store.clone());
        let issue = IssueSession::new(store.clone(), store, self.clock.clone(), self.ids.clone());
        issue.execute(user).await.unwrap().token.reveal()
    }

    /// The same person through another session.
    pub(crate) async fn in_another_session(&self, person: Person) -> Person {
        Person { token: self.session(person.id).await, ..person }
    }

    pub(crate) async fn send(&self, request: TestRequest) -> Answer {
        self.send_to(request, |_| {}).await
    }

    /// Sends a request to an application with further routes.
    pub(crate) async fn send_to(&self, request: TestRequest, more: fn(&mut web::ServiceConfig)) -> Answer {
        let service = init_service(app(self.api.clone(), more)).await;
        let response = service.call(request.to_request()).await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = to_bytes(response.into_body()).await.ok().unwrap();
        Answer { status, headers, text: String::from_utf8_lossy(&bytes).into_owned() }
    }

    /// Opens a room and gives its id.
    pub(crate) async fn room(&self, owner: &Person, body: &Value) -> String {
        let answer = self.send(owner.post("/rooms", body)).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.json()["id"].as_str().unwrap().to_owned()
    }
}
