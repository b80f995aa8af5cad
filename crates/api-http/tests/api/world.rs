//! The API wired over the reference store, a clock that stands still and ids that count.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::body::to_bytes;
use actix_web::http::header::HeaderMap;
use actix_web::test::{TestRequest, init_service};
use actix_web::{dev::Service, web};
use async_trait::async_trait;
use parlour_api_http::{Api, ApiConfig, Drain, app};
use parlour_domain::port::{
    Clock, Disconnector, IdSource, InboxRepo, Notice, Notifier, NotifyError, RoomRepo, SessionRepo, UserRepo,
};
use parlour_domain::usecase::{
    Authenticate, CreateRoom, DeleteRoom, FindUser, GetRoom, IssueSession, ListRooms, ReadInbox, RevokeSession,
};
use parlour_domain::{DisplayName, SessionId, SessionToken, Timestamp, User, UserId, Username};
use parlour_store_memory::MemoryStore;
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) const ORIGIN: &str = "http://localhost:3000";

/// The ports behind the API; a test replaces the one that it wants to fail.
pub(crate) struct Ports {
    pub(crate) users: Arc<dyn UserRepo>,
    pub(crate) sessions: Arc<dyn SessionRepo>,
    pub(crate) rooms: Arc<dyn RoomRepo>,
    pub(crate) inboxes: Arc<dyn InboxRepo>,
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
        let store = MemoryStore::new();
        let whole = Arc::new(store.clone());
        let mut ports = Ports { users: whole.clone(), sessions: whole.clone(), rooms: whole.clone(), inboxes: whole };
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

    async fn session(&self, user: UserId) -> String {
        let store = Arc::new(self.store.clone());
        let issue = IssueSession::new(store.clone(), store, self.clock.clone(), self.ids.clone());
        issue.execute(user).await.unwrap().token.reveal()
    }

    pub(crate) async fn send(&self, request: TestRequest) -> Answer {
        let service = init_service(app(self.api.clone(), |_| {})).await;
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

fn wire(ports: Ports, clock: &Arc<StoppedClock>, ids: &Arc<CountingIds>, told: &Arc<Told>, drain: &Drain) -> Api {
    let Ports { users, sessions, rooms, inboxes } = ports;
    let (clock, ids) = (Arc::<StoppedClock>::clone(clock), Arc::<CountingIds>::clone(ids));
    Api {
        create_room: Arc::new(CreateRoom::new(users.clone(), rooms.clone(), told.clone(), clock.clone(), ids.clone())),
        list_rooms: Arc::new(ListRooms::new(users.clone(), rooms.clone(), clock.clone())),
        get_room: Arc::new(GetRoom::new(users.clone(), rooms.clone(), clock.clone())),
        delete_room: Arc::new(DeleteRoom::new(rooms.clone(), told.clone(), clock.clone(), ids.clone())),
        read_inbox: Arc::new(ReadInbox::new(inboxes)),
        authenticate: Arc::new(Authenticate::new(sessions.clone(), clock)),
        find_user: Arc::new(FindUser::new(users.clone())),
        revoke_session: Arc::new(RevokeSession::new(sessions, told.clone())),
        users,
        rooms,
        ids,
        runtime: tokio::runtime::Handle::current(),
        drain: drain.clone(),
        config: ApiConfig { cors_origins: vec![ORIGIN.to_owned()], secure_cookies: false },
    }
}

/// A clock that only a test moves.
pub(crate) struct StoppedClock(AtomicI64);

impl StoppedClock {
    pub(crate) fn advance(&self, by: Duration) {
        self.0.fetch_add(i64::try_from(by.as_micros()).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for StoppedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

#[derive(Default)]
pub(crate) struct CountingIds(AtomicU64);

impl IdSource for CountingIds {
    fn uuid(&self) -> Uuid {
        let n = self.0.fetch_add(1, Ordering::SeqCst);
        Uuid::from_u128(0x0192_f0c1_2345_7000_8000_0000_0000_0000 | u128::from(n))
    }

    fn session_token(&self) -> SessionToken {
        let mut bytes = [7; 32];
        bytes[..8].copy_from_slice(&self.0.fetch_add(1, Ordering::SeqCst).to_be_bytes());
        SessionToken::from_random_bytes(bytes)
    }
}

/// Who was told, and whose sockets were closed.
#[derive(Default)]
pub(crate) struct Told {
    pub(crate) notices: Mutex<Vec<Notice>>,
    pub(crate) disconnected: Mutex<Vec<SessionId>>,
}

#[async_trait]
impl Notifier for Told {
    async fn notify(&self, notices: Vec<Notice>) -> Result<(), NotifyError> {
        self.notices.lock().unwrap().extend(notices);
        Ok(())
    }
}

#[async_trait]
impl Disconnector for Told {
    async fn disconnect(&self, sessions: Vec<SessionId>) {
        self.disconnected.lock().unwrap().extend(sessions);
    }
}
